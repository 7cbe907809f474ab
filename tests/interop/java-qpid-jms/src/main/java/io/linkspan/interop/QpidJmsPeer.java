// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.util.ArrayDeque;
import java.util.Enumeration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * Apache Qpid JMS. A link is a session with one producer or consumer; pre-settled links live on a second connection,
 * because this client decides settlement per connection.
 */
public final class QpidJmsPeer extends Peer {

    /** Session mode of this client beyond those of JMS: each message is acknowledged on its own. */
    private static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    private static final String ACK_TYPE = "JMS_AMQP_ACK_TYPE";
    private static final int ACCEPTED = 1;
    private static final int REJECTED = 2;
    private static final int RELEASED = 3;
    private static final int MODIFIED_FAILED = 4;
    private static final int MODIFIED_FAILED_UNDELIVERABLE = 5;

    private static final Pattern CONDITION = Pattern.compile("^(.*?) ?\\[condition = ([^\\]]+)\\]$");

    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
    private String url = "";
    private Connection connection;
    private Connection settledConnection;

    /** One link. */
    private record Endpoint(
            Session session,
            MessageProducer producer,
            MessageConsumer consumer,
            AtomicInteger counter,
            ArrayDeque<Message> held) {}

    /** Reads commands from standard input. */
    public static void main(String[] arguments) throws Exception {
        new QpidJmsPeer().run();
    }

    @Override
    protected void execute(Command command) throws Exception {
        switch (command.name()) {
            case "connect" -> {
                url = command.word(0).replaceFirst("^ws:", "amqpws:");
                connection = open("");
                emit("open", "product", connection.getMetaData().getJMSProviderName());
            }
            case "sender" -> sender(command);
            case "receiver" -> receiver(command);
            case "send" -> later(command.word(0), () -> send(command));
            case "dispose" -> dispose(command);
            case "credit" -> emit("failed", "command", "credit", "error", "this client grants credit by itself");
            case "drain" -> later(command.word(0), () -> drain(command.word(0)));
            case "browse" -> later(command.word(0), () -> browse(command));
            case "commit" -> later(command.word(0), () -> end(command.word(0), true));
            case "rollback" -> later(command.word(0), () -> end(command.word(0), false));
            case "detach" -> detach(command.word(0));
            case "close" -> close();
            default -> throw new IllegalArgumentException("unknown command");
        }
    }

    private Connection open(String options) throws JMSException {
        JmsConnectionFactory factory = new JmsConnectionFactory(
                url + "?jms.connectTimeout=10000&jms.requestTimeout=20000&jms.closeTimeout=10000" + options);
        Connection opened = factory.createConnection();
        opened.setExceptionListener(error -> emit(
                "closed", "condition", condition(error.getMessage()), "description", description(error.getMessage())));
        opened.start();
        return opened;
    }

    private Connection connection(boolean settled) throws JMSException {
        if (!settled) {
            return connection;
        }
        if (settledConnection == null) {
            settledConnection = open("&jms.presettlePolicy.presettleAll=true");
        }
        return settledConnection;
    }

    private static int mode(Command command, int otherwise) {
        return command.has("transacted") ? Session.SESSION_TRANSACTED : otherwise;
    }

    private void sender(Command command) throws JMSException {
        String name = command.word(0);
        boolean anonymous = command.word(1).equals("-");
        Session session = connection(command.has("settled")).createSession(mode(command, Session.AUTO_ACKNOWLEDGE));
        try {
            MessageProducer producer = session.createProducer(anonymous ? null : session.createQueue(command.word(1)));
            endpoints.put(name, new Endpoint(session, producer, null, new AtomicInteger(), null));
            emit("attached", "link", name, "address", anonymous ? null : command.word(1));
        } catch (JMSException e) {
            emit(
                    "detached",
                    "link",
                    name,
                    "condition",
                    condition(e.getMessage()),
                    "description",
                    description(e.getMessage()));
        }
    }

    private void receiver(Command command) throws JMSException {
        String name = command.word(0);
        boolean manual = command.has("manual");
        Session session = connection(command.has("settled"))
                .createSession(mode(command, manual ? INDIVIDUAL_ACKNOWLEDGE : Session.AUTO_ACKNOWLEDGE));
        try {
            Queue queue =
                    command.word(1).equals("-") ? session.createTemporaryQueue() : session.createQueue(command.word(1));
            MessageConsumer consumer = session.createConsumer(queue, command.option("selector", null));
            Endpoint endpoint =
                    new Endpoint(session, null, consumer, new AtomicInteger(), manual ? new ArrayDeque<>() : null);
            endpoints.put(name, endpoint);
            emit(
                    "attached",
                    "link",
                    name,
                    "address",
                    queue.getQueueName(),
                    "temporary",
                    queue instanceof TemporaryQueue);
            if (!command.option("credit", "").equals("0")) {
                consumer.setMessageListener(message -> guard("receive", () -> received(name, endpoint, message)));
            }
        } catch (JMSException e) {
            emit(
                    "detached",
                    "link",
                    name,
                    "condition",
                    condition(e.getMessage()),
                    "description",
                    description(e.getMessage()));
        }
    }

    private void received(String name, Endpoint endpoint, Message message) throws Exception {
        if (endpoint.held() != null) {
            synchronized (endpoint) {
                endpoint.held().add(message);
            }
        }
        emit(QpidJmsMessages.event(name, endpoint.counter().getAndIncrement(), message));
    }

    private void send(Command command) throws Exception {
        String link = command.word(0);
        Endpoint endpoint = endpoints.get(link);
        MessageProducer producer = endpoint.producer();
        for (int i = 0; i < command.number(1); i++) {
            int n = endpoint.counter().getAndIncrement();
            Message message = QpidJmsMessages.toSend(endpoint.session(), command, link, n);
            int mode = command.has("durable") ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT;
            int priority = command.option("priority", Message.DEFAULT_PRIORITY);
            long ttl = command.option("ttl", 0);
            CompletionListener listener = outcome(link, n, command.has("settled"));
            if (command.has("to")) {
                Queue to = endpoint.session().createQueue(command.option("to", ""));
                producer.send(to, message, mode, priority, ttl, listener);
            } else {
                producer.send(message, mode, priority, ttl, listener);
            }
        }
    }

    private CompletionListener outcome(String link, int n, boolean settled) {
        return new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                if (settled) {
                    emit("sent", "link", link, "n", n);
                } else {
                    emit("outcome", "link", link, "n", n, "state", "accepted");
                }
            }

            @Override
            public void onException(Message message, Exception e) {
                QpidJmsMessages.Failure failure = QpidJmsMessages.failure(e);
                emit(
                        "outcome",
                        "link",
                        link,
                        "n",
                        n,
                        "state",
                        failure.state(),
                        "condition",
                        condition(e.getMessage()),
                        "description",
                        description(e.getMessage()),
                        "failed",
                        failure.failed(),
                        "undeliverable",
                        failure.undeliverable());
            }
        };
    }

    private void dispose(Command command) throws Exception {
        Endpoint endpoint = endpoints.get(command.word(0));
        int type =
                switch (command.word(1)) {
                    case "accepted" -> ACCEPTED;
                    case "rejected" -> REJECTED;
                    case "released" -> RELEASED;
                    case "modified" -> command.has("undeliverable") ? MODIFIED_FAILED_UNDELIVERABLE : MODIFIED_FAILED;
                    default -> throw new IllegalArgumentException("unknown outcome " + command.word(1));
                };
        for (int i = 0; i < command.number(2); i++) {
            Message message;
            synchronized (endpoint) {
                message = endpoint.held().remove();
            }
            message.setIntProperty(ACK_TYPE, type);
            message.acknowledge();
        }
    }

    /** {@code receiveNoWait} drains the link; it answers null once the peer has said that nothing is left. */
    private void drain(String name) throws Exception {
        Endpoint endpoint = endpoints.get(name);
        Message message;
        while ((message = endpoint.consumer().receiveNoWait()) != null) {
            received(name, endpoint, message);
        }
        emit("drained", "link", name);
    }

    private void browse(Command command) throws Exception {
        String name = command.word(0);
        int count = 0;
        Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        try (QueueBrowser browser =
                session.createBrowser(session.createQueue(command.word(1)), command.option("selector", null))) {
            Enumeration<?> messages = browser.getEnumeration();
            while (messages.hasMoreElements()) {
                emit(QpidJmsMessages.event(name, count++, (Message) messages.nextElement()));
            }
        }
        session.close();
        emit("browsed", "link", name, "count", count);
    }

    /** Ends the transaction of a link's session; the next one begins at once. */
    private void end(String name, boolean commit) throws JMSException {
        Session session = endpoints.get(name).session();
        if (commit) {
            session.commit();
        } else {
            session.rollback();
        }
        emit(commit ? "committed" : "rolledback", "link", name);
    }

    private void detach(String name) throws JMSException {
        endpoints.remove(name).session().close();
        emit("detached", "link", name);
    }

    private void close() throws JMSException {
        for (Connection opened : new Connection[] {settledConnection, connection}) {
            if (opened != null) {
                opened.close();
            }
        }
        settledConnection = null;
        connection = null;
        endLanes();
        endpoints.clear();
        emit("closed");
    }

    private static String condition(String message) {
        Matcher matcher = CONDITION.matcher(String.valueOf(message));
        return matcher.matches() ? matcher.group(2) : null;
    }

    private static String description(String message) {
        Matcher matcher = CONDITION.matcher(String.valueOf(message));
        return matcher.matches() ? matcher.group(1) : message;
    }
}
