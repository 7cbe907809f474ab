// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests;

import io.vertx.proton.ProtonConnection;
import io.vertx.proton.ProtonReceiver;
import io.vertx.proton.ProtonSender;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.message.Message;

/** A QUERY to a router's {@code $management}. Confined to the loop of the connection. */
public final class ManagementQuery {

    private ManagementQuery() {}

    /**
     * Asks over links of its own, which are closed again.
     *
     * @param connection open
     * @param entityType such as {@code router.link}
     * @param rows gets all entities, each by attribute
     */
    public static void ask(ProtonConnection connection, String entityType, Consumer<List<Map<String, Object>>> rows) {
        ProtonReceiver replies = connection.createReceiver(null);
        ((Source) replies.getSource()).setDynamic(true);
        replies.handler((delivery, message) -> {
            replies.close();
            rows.accept(rows((Map<?, ?>) ((AmqpValue) message.getBody()).getValue()));
        });
        replies.openHandler(opened -> {
            Message request = Message.Factory.create();
            request.setReplyTo(opened.result().getRemoteSource().getAddress());
            request.setApplicationProperties(new ApplicationProperties(Map.of(
                    "operation", "QUERY", "type", "org.amqp.management", "name", "self", "entityType", entityType)));
            request.setBody(new AmqpValue(Map.of("attributeNames", List.of())));
            ProtonSender requests = connection.createSender("$management");
            requests.openHandler(ready -> requests.send(request, settled -> requests.close()));
            requests.open();
        });
        replies.open();
    }

    private static List<Map<String, Object>> rows(Map<?, ?> answer) {
        List<?> names = (List<?>) Objects.requireNonNull(answer.get("attributeNames"));
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Object values : (List<?>) Objects.requireNonNull(answer.get("results"))) {
            Map<String, Object> row = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                row.put((String) names.get(i), ((List<?>) values).get(i));
            }
            rows.add(row);
        }
        return rows;
    }
}
