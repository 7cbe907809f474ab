// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.fake;

import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.AddressEntity;
import io.linkspan.core.address.Distribution;
import java.util.SplittableRandom;

/** Cores for tests. */
public final class Cores {

    private Cores() {}

    /** A standalone router named R. */
    public static RouterCore standalone() {
        return withDefault(Distribution.BALANCED);
    }

    /** A standalone router with a {@code defaultDistribution}. */
    public static RouterCore withDefault(Distribution distribution) {
        return new RouterCore(
                new CoreSettings("R", CoreSettings.Mode.STANDALONE, distribution, "test", 1),
                CoreEvents.NONE,
                new SplittableRandom(1));
    }

    /** Adds an entity with a prefix. */
    public static AddressEntity prefix(RouterCore core, String prefix, String distribution) {
        return create(core, AddressEntities.Request.prefix(prefix, distribution));
    }

    /** Adds an entity with a pattern. */
    public static AddressEntity pattern(RouterCore core, String pattern, String distribution) {
        return create(core, AddressEntities.Request.pattern(pattern, distribution));
    }

    /** The record of a key, which must be there. */
    public static Address address(RouterCore core, String key) {
        Address address = core.address(key);
        if (address == null) {
            throw new AssertionError("no address " + key);
        }
        return address;
    }

    /** Adds an entity. */
    public static AddressEntity create(RouterCore core, AddressEntities.Request request) {
        AddressEntities.Result result = core.createAddress(request);
        if (result instanceof AddressEntities.Created created) {
            return created.entity();
        }
        throw new IllegalStateException(result.toString());
    }
}
