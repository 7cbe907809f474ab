// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.vertx.core.Vertx;
import io.vertx.proton.ProtonClient;
import io.vertx.proton.ProtonConnection;
import io.vertx.proton.ProtonReceiver;
import io.vertx.proton.ProtonSender;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.message.Message;

/** What the router's management says of its links. */
final class LinkRows {

    private static final int LIMIT_S = 20;

    private LinkRows() {}

    /** Asks over a connection of its own, which is closed again. */
    static List<Map<String, Object>> query(Vertx vertx, int port) throws Exception {
        CompletableFuture<List<Map<String, Object>>> answered = new CompletableFuture<>();
        vertx.runOnContext(now -> ProtonClient.create(vertx).connect("127.0.0.1", port, result -> {
            if (result.failed()) {
                answered.completeExceptionally(result.cause());
                return;
            }
            ProtonConnection connection = result.result();
            connection.closeHandler(closed -> connection.disconnect());
            connection.openHandler(opened -> ask(connection, answered)).open();
        }));
        return answered.get(LIMIT_S, TimeUnit.SECONDS);
    }

    private static void ask(ProtonConnection connection, CompletableFuture<List<Map<String, Object>>> answered) {
        ProtonReceiver replies = connection.createReceiver(null);
        ((Source) replies.getSource()).setDynamic(true);
        replies.handler((delivery, message) -> {
            answered.complete(rows((Map<?, ?>) ((AmqpValue) message.getBody()).getValue()));
            connection.close();
        });
        replies.openHandler(opened -> {
            Message request = Message.Factory.create();
            request.setReplyTo(opened.result().getRemoteSource().getAddress());
            request.setApplicationProperties(
                    new ApplicationProperties(Map.of("operation", "QUERY", "entityType", "router.link")));
            request.setBody(new AmqpValue(Map.of("attributeNames", List.of())));
            ProtonSender requests = connection.createSender("$management");
            requests.openHandler(ready -> requests.send(request)).open();
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
