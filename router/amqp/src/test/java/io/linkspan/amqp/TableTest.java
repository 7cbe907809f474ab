// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Tables and rings behave like plain maps, whatever is put and removed in whatever order. */
class TableTest {
    private static final AmqpLink LINK = someLink();
    private static final AmqpLink OTHER = someLink();

    private static AmqpLink someLink() {
        return ScriptedPeer.begun().attachReceiver("l", 0);
    }

    @Property
    @Label("an IntTable holds what a map holds")
    void anIntTableHoldsWhatAMapHolds(
            @ForAll @Size(max = 300) List<@IntRange(min = -40, max = 40) Integer> steps, @ForAll int base) {
        IntTable<String> table = new IntTable<>();
        Map<Integer, String> model = new TreeMap<>(Integer::compareUnsigned);
        for (int step : steps) {
            // Keys that collide: some in sequence, some far apart.
            int key = base + (step < 0 ? -step << 20 : step);
            if (model.containsKey(key) && (step & 1) == 0) {
                assertThat(table.remove(key)).isEqualTo(model.remove(key));
            } else {
                table.put(key, "v" + step);
                model.put(key, "v" + step);
            }
            assertThat(table.size()).isEqualTo(model.size());
        }
        model.forEach((key, value) -> assertThat(table.get(key)).isEqualTo(value));
        assertThat(table.sortedKeys())
                .containsExactly(model.keySet().stream().mapToInt(i -> i).toArray());
        List<String> visited = new ArrayList<>();
        table.forEach(visited::add);
        assertThat(visited).containsExactlyInAnyOrderElementsOf(model.values());
        for (int key : table.sortedKeys()) {
            table.remove(key);
            assertThat(table.get(key)).isNull();
        }
        assertThat(table.size()).isZero();
        assertThat(table.remove(base)).isNull();
    }

    @Property
    @Label("a DeliveryRing holds what a map holds")
    void aDeliveryRingHoldsWhatAMapHolds(
            @ForAll @Size(max = 400) List<@IntRange(min = 0, max = 99) Integer> steps, @ForAll int first) {
        DeliveryRing ring = new DeliveryRing();
        Map<Integer, Integer> model = new TreeMap<>((a, b) -> Integer.compareUnsigned(a - first, b - first));
        int next = first;
        for (int step : steps) {
            if (step < 60 || model.isEmpty()) {
                ring.put(next, step % 2 == 0 ? LINK : OTHER, "p" + step, step);
                model.put(next++, step);
                next += step % 7 == 0 ? 3 : 0; // Settled ones take an id, too.
            } else {
                // Settle an old one or a young one.
                int index = step % model.size();
                int id = new ArrayList<>(model.keySet()).get(step < 80 ? index : model.size() - 1 - index);
                assertThat(ring.remove(id)).isTrue();
                assertThat(ring.remove(id)).isFalse();
                model.remove(id);
            }
            assertThat(ring.size()).isEqualTo(model.size());
        }
        model.forEach((id, step) -> {
            assertThat(ring.seek(id)).isTrue();
            assertThat(ring.link()).isSameAs(step % 2 == 0 ? LINK : OTHER);
            assertThat(ring.peer()).isEqualTo("p" + step);
            assertThat(ring.key()).isEqualTo(step);
        });
        assertThat(ring.seek(next)).isFalse();
        assertThat(ring.idsBetween(first, next - 1))
                .containsExactly(model.keySet().stream().mapToInt(i -> i).toArray());
        assertThat(ring.idsOf(LINK, next))
                .containsExactly(model.entrySet().stream()
                        .filter(entry -> entry.getValue() % 2 == 0)
                        .mapToInt(Map.Entry::getKey)
                        .toArray());
    }

    @Test
    void idsBetweenTakesBothEndsAndNothingBeyond() {
        DeliveryRing ring = new DeliveryRing();
        for (int id = -5; id < 5; id++) {
            ring.put(id, LINK, null, 0);
        }
        assertThat(ring.idsBetween(-2, 1)).containsExactly(-2, -1, 0, 1);
        assertThat(ring.idsBetween(3, 3)).containsExactly(3);
        assertThat(ring.idsBetween(10, 20)).isEmpty();
    }

    @Test
    void aStragglerDoesNotMakeTheRingGrow() {
        DeliveryRing ring = new DeliveryRing();
        ring.put(0, LINK, "straggler", 7);
        for (int id = 1; id < 1_000_000; id++) {
            ring.put(id, LINK, "p", id);
            assertThat(ring.remove(id)).isTrue();
        }
        assertThat(ring.capacity()).isEqualTo(DeliveryRing.INITIAL_CAPACITY);
        assertThat(ring.seek(0)).isTrue();
        assertThat(ring.peer()).isEqualTo("straggler");
    }

    @Test
    void putReplacesWhatIsThereEvenAStraggler() {
        DeliveryRing ring = new DeliveryRing();
        ring.put(0, LINK, "old", 1);
        ring.put(DeliveryRing.INITIAL_CAPACITY, LINK, "in its place", 2);
        ring.put(0, OTHER, "new", 3);
        assertThat(ring.size()).isEqualTo(2);
        assertThat(ring.seek(0)).isTrue();
        assertThat(ring.peer()).isEqualTo("new");
        ring.put(0, OTHER, "newest", 3);
        assertThat(ring.size()).isEqualTo(2);
    }

    @Test
    void aRingGivesMemoryBackWhenNothingIsLive() {
        DeliveryRing ring = new DeliveryRing();
        for (int id = 0; id < 1_000; id++) {
            ring.put(id, LINK, null, 0);
        }
        assertThat(ring.capacity()).isGreaterThanOrEqualTo(1_000);
        ring.trim();
        assertThat(ring.size()).as("only when nothing is live").isEqualTo(1_000);
        for (int id = 0; id < 1_000; id++) {
            ring.remove(id);
        }
        ring.trim();
        assertThat(ring.capacity()).isZero();
        ring.put(5, LINK, null, 0);
        assertThat(ring.seek(5)).isTrue();
    }

    @Test
    void serialNumbersCompareByDistance() {
        assertThat(Serial.before(-1, 0)).isTrue();
        assertThat(Serial.before(0, -1)).isFalse();
        assertThat(Serial.before(7, 7)).isFalse();
        assertThat(Serial.distance(-2, 3)).isEqualTo(5);
        assertThat(Serial.left(10, -2, 3)).isEqualTo(5);
        assertThat(Serial.left(4, -2, 3)).isZero();
        assertThat(Serial.left(-1, 0, 0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(Serial.left(5, 3, 1)).as("the peer is ahead of us").isEqualTo(7);
    }
}
