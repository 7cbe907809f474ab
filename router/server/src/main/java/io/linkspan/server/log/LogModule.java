// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

/** Parts of the router that log under a name of their own. All but {@link #MAIN} can be configured. */
public enum LogModule {
    ROUTER,
    ROUTER_CORE,
    ROUTER_HELLO,
    ROUTER_LS,
    ROUTER_MA,
    MESSAGE,
    SERVER,
    AGENT,
    AUTHSERVICE,
    CONTAINER,
    ERROR,
    POLICY,
    HTTP,
    CONN_MGR,
    PYTHON,
    PROTOCOL,
    MQTT,
    /** Start and failure of the process; has the settings of {@link #DEFAULT}. */
    MAIN,
    /** Settings of the modules that have none, and lines of libraries. */
    DEFAULT
}
