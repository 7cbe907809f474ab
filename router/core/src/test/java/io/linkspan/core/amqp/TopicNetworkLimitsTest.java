// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.address.TopicDirectory;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.mesh.RouterNode;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What topics across routers must not cost or open, and what routers of other products make of them (ADR 0013). */
class TopicNetworkLimitsTest {

    private static ByteBuf data() {
        return AmqpConnectionTest.data(50);
    }

    private static FakeReceiver receiver(InteriorRouters routers, String router, Subscription... subscriptions) {
        FakeReceiver receiver = new FakeConnection(routers.router(router).core).receiver("subscriptions");
        receiver.credit = 1_000_000;
        receiver.takesSettled = true;
        for (Subscription subscription : subscriptions) {
            receiver.subscribe(subscription);
        }
        return receiver;
    }

    private static Subscription topic(String address) {
        return Subscription.alone(AddressKey.mobile(address));
    }

    private static Subscription filter(String pattern) {
        return Subscription.alone(Pattern.parse(pattern, PatternSyntax.DOTS)).hidingDollar();
    }

    @Test
    @DisplayName(
            "MQ-1-25 what enters at a router of another product reaches subscribers of a topic, and those of filters there")
    void oldIngress() {
        InteriorRouters routers = new InteriorRouters("B-Old B-C B-D".split(" ", -1));
        List<FakeReceiver> topics = List.of(receiver(routers, "B", topic("a.b")), receiver(routers, "C", topic("a.b")));
        FakeReceiver filterAtC = receiver(routers, "C", filter("a.*"));
        FakeReceiver filterAtD = receiver(routers, "D", filter("a.*"));
        routers.seconds(3);
        Peer.Sender sender = routers.router("Old").client().sender("a.b");
        for (int i = 0; i < 5; i++) {
            sender.send(data(), false, i);
        }
        assertThat(topics).extracting(receiver -> receiver.got.size()).containsOnly(5);
        assertThat(filterAtC.got).as("where the message comes by anyway").hasSize(5);
        assertThat(filterAtD.got).as("nobody at Old knows of filters").isEmpty();
        assertThat(sender.outcomes).hasSize(5).allMatch(outcome -> outcome.endsWith("accepted settled"));
    }

    @Test
    @DisplayName("MQ-1-25 receivers at a router of another product and subscribers beyond it each get one copy")
    void oldReceivers() {
        InteriorRouters routers = new InteriorRouters("A-Old Old-C".split(" ", -1));
        FakeReceiver plain = receiver(routers, "Old").attach("a.b");
        FakeReceiver topic = receiver(routers, "C", topic("a.b"));
        FakeReceiver filter = receiver(routers, "C", filter("a.#"));
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client().sender("a.b");
        for (int i = 0; i < 5; i++) {
            sender.send(data(), false, i);
        }
        assertThat(List.of(plain, topic, filter))
                .extracting(receiver -> receiver.got.size())
                .containsOnly(5);
        assertThat(patterns(routers, "Old"))
                .as("a router of another product keeps plain keys alone")
                .isZero();
    }

    private static int patterns(InteriorRouters routers, String router) {
        return routers.router(router).core.table().patternCount();
    }

    @Test
    @DisplayName(
            "beyond the private keys that are taken from one router a key is ignored, with an event, and nothing else suffers")
    void keysOfOneRouter() {
        List<String> ignored = new ArrayList<>();
        CoreEvents events = new CoreEvents() {
            @Override
            public void keyIgnored(RouterNode router, String key, String reason, long count) {
                ignored.add(router.id() + " " + key + " " + reason + " " + count);
            }
        };
        InteriorRouters routers = new InteriorRouters("A-B");
        routers.add("Few", 2, events);
        routers.connect("A", "Few", 1);
        routers.seconds(8);
        Subscription first = filter("a.*");
        FakeReceiver a = receiver(routers, "A", first, filter("b.*"));
        routers.seconds(3);
        FakeReceiver late = receiver(routers, "A", filter("c.*"));
        FakeReceiver b = receiver(routers, "B", filter("e.*"));
        routers.seconds(3);
        assertThat(ignored).containsExactly("A Xp.*#c.* it is one more than 2 topics and filters 1");
        Peer few = routers.router("Few").client();
        for (String address : List.of("a.x", "b.x", "e.x")) {
            few.sender(address).send(data(), false, 1);
        }
        assertThat(a.got).hasSize(2);
        assertThat(b.got).hasSize(1);
        assertThat(few.sender("c.x").link().credit()).isZero();
        routers.router("A").core.unsubscribe(first);
        late.lost(); // Its key was never taken, so its end takes nothing away.
        routers.seconds(3);
        FakeReceiver next = receiver(routers, "A", filter("d.*"));
        routers.seconds(3);
        few.sender("d.x").send(data(), false, 1);
        assertThat(next.got).hasSize(1);
        assertThat(ignored).hasSize(1);
    }

    @Test
    @DisplayName("patterns of more kinds of separators and wildcards than are taken are ignored")
    void kindsOfPatterns() {
        InteriorRouters routers = new InteriorRouters("A-B");
        FakeReceiver a = receiver(routers, "A");
        for (int i = 0; i <= TopicDirectory.MAX_SYNTAXES; i++) {
            PatternSyntax syntax = new PatternSyntax(String.valueOf((char) ('a' + i)), "*", "#", true);
            a.subscribe(Subscription.alone(Pattern.parse("x*", syntax)));
        }
        routers.seconds(3);
        assertThat(routers.router("B").core.table().patternCount()).isEqualTo(TopicDirectory.MAX_SYNTAXES);
        a.lost();
        routers.seconds(3);
        assertThat(routers.router("B").core.table().patternCount()).isZero();
        receiver(routers, "A", filter("x.*"));
        routers.seconds(3);
        assertThat(routers.router("B").core.table().patternCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("TEN-02 no client can use the addresses that routers write to each other")
    void clientsStayOutside() {
        InteriorRouters routers = new InteriorRouters("A-B B-C".split(" ", -1));
        FakeReceiver c = receiver(routers, "C", topic("a.b"), filter("#"));
        FakeReceiver here = receiver(routers, "A", topic("a.b"));
        routers.seconds(3);
        Peer client = routers.router("A").client();
        Peer.Sender anonymous = client.sender((String) null);
        int key = 0;
        for (String to : List.of("_linkspan/t/a.b", "_topo/0/C/_linkspan/t/a.b;", "_topo/0/A/_linkspan/t/a.b;")) {
            anonymous.send(AmqpConnectionTest.to(to, 50), false, ++key);
        }
        assertThat(anonymous.outcomes)
                .containsExactly("1 released settled", "2 released settled", "3 released settled");
        assertThat(client.sender("_linkspan/t/a.b").detached).isTrue();
        assertThat(client.receiver("_linkspan/t/a.b", 1).detached).isTrue();
        assertThat(c.got).isEmpty();
        assertThat(here.got).isEmpty();
    }

    @Test
    @DisplayName("a message to subscribers at other routers costs no more memory than one to a plain receiver there")
    void allocation() {
        long plain = bytesPerMessage(Subscription.plain(AddressKey.mobile("a.b")));
        long topics = bytesPerMessage(filter("a.*"));
        // Its address is twelve octets longer, and its number takes 24, in each buffer on the way; no more than that.
        assertThat(topics).isLessThanOrEqualTo(plain + 8 * (12 + 24));
    }

    private static long bytesPerMessage(Subscription subscription) {
        InteriorRouters routers = new InteriorRouters("A-B");
        FakeReceiver receiver = receiver(routers, "B", subscription);
        receiver.takesSettled = true;
        for (int i = 0; i < 100; i++) {
            receiver(routers, "B", filter("other" + i + ".*"));
        }
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client().sender("a.b");
        sender.counting = true;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 100; i++) {
                ByteBuf message = data();
                sender.send(message, true, i);
                message.release();
            }
            long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            least = Math.min(least, (after - before) / 100);
        }
        assertThat(receiver.got).hasSize(500);
        return least;
    }
}
