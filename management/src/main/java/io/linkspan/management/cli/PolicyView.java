// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code -p}: what the policy demands and what it has denied. */
final class PolicyView implements View {
    private static final List<String> HEADER = List.of("attr", "value");

    @Override
    public void show(Screen screen) {
        List<QueryResult.Row> policies = screen.query("policy", List.of()).rows();
        if (policies.isEmpty()) {
            throw new ToolFailure("IndexError", "the node has no policy entity");
        }
        QueryResult.Row policy = policies.get(0);
        screen.heading();
        Table configuration = new Table("Policy Configuration", HEADER);
        configuration.row("Maximum Concurrent Connections", policy.get("maxConnections"));
        if (policy.has("maxMessageSize")) {
            configuration.row("Maximum Message Size", policy.get("maxMessageSize"));
        }
        configuration.row("Enable Vhost Policy", policy.get("enableVhostPolicy"));
        configuration.row("Enable Vhost Name Patterns", policy.get("enableVhostNamePatterns"));
        configuration.row("Policy Directory", orNil(policy.get("policyDir")));
        configuration.row("Default Vhost", orNil(policy.get("defaultVhost")));
        screen.print(configuration);
        screen.line("");
        Table status = new Table("Policy Status", HEADER);
        status.row("Connections Processed", policy.get("connectionsProcessed"));
        status.row("Connections Denied", policy.get("connectionsDenied"));
        status.row("Connections Current", policy.get("connectionsCurrent"));
        status.row("Links Denied", policy.get("linksDenied"));
        if (policy.has("maxMessageSizeDenied")) {
            status.row("Maximum Message Size Denied", policy.get("maxMessageSizeDenied"));
        }
        status.row("Total Denials", policy.get("totalDenials"));
        screen.print(status);
    }

    private static String orNil(@Nullable Object text) {
        return text == null || text.equals("") ? "(nil)" : PythonText.str(text);
    }
}
