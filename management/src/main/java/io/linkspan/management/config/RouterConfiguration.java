// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.List;
import java.util.Map;

/**
 * A configuration that a router can start with. Immutable.
 *
 * @param router the router itself
 * @param listeners listeners in the order of the file
 * @param connectors connectors in the order of the file
 * @param sslProfiles TLS settings by name
 * @param addresses addresses in the order of the file
 * @param linkRoutes link routes in the order of the file
 * @param autoLinks autoLinks in the order of the file
 * @param logs log settings of every module, by module
 * @param maxConnections most connections that may be open at once; 0 for none at all
 * @param entities every entity as configured, absent singletons added, for management
 */
public record RouterConfiguration(
        RouterSettings router,
        List<ListenerSettings> listeners,
        List<ConnectorSettings> connectors,
        Map<String, SslProfileSettings> sslProfiles,
        List<AddressSettings> addresses,
        List<LinkRouteSettings> linkRoutes,
        List<AutoLinkSettings> autoLinks,
        Map<String, LogSettings> logs,
        int maxConnections,
        List<ConfiguredEntity> entities) {}
