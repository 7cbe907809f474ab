// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * Signals of the operating system, through the JDK's one way to them, {@code sun.misc.Signal}.
 *
 * <p>It is called by reflection, because the compiler forbids it by name although it is there on every JDK. SIGQUIT
 * cannot be taken, the JVM answers it with a thread dump: the launcher's shell turns it into SIGTERM.
 */
final class Signals {
    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";

    private Signals() {}

    /**
     * Calls a handler, on a thread of its own, when a signal comes.
     *
     * @param name such as {@code TERM}
     * @return false if the JVM or the system does not let it be taken
     */
    static boolean handle(String name, Consumer<String> handler) {
        try {
            Class<?> handlerType = Class.forName(HANDLER);
            Object proxy = Proxy.newProxyInstance(
                    handlerType.getClassLoader(), new Class<?>[] {handlerType}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> handler.accept(name);
                            case "equals" -> {
                                return self == arguments[0];
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            default -> {
                                return "handler of SIG" + name;
                            }
                        }
                        return null;
                    });
            install(name, proxy);
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Ends this process by a signal with its default action, as if it had not been handled. Returns if it cannot: there
     * is no such signal here, or no shell, or this is the first process of its container.
     */
    static void die(String name) {
        try {
            Field defaultAction = Class.forName(HANDLER).getField("SIG_DFL");
            install(name, defaultAction.get(null));
            // The JDK raises only what it handles.
            long pid = ProcessHandle.current().pid();
            new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid)
                    .start()
                    .waitFor();
        } catch (ReflectiveOperationException | IOException e) {
            // The caller ends the process otherwise.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void install(String name, Object handler) throws ReflectiveOperationException {
        Class<?> type = Class.forName(SIGNAL);
        try {
            type.getMethod("handle", type, Class.forName(HANDLER))
                    .invoke(null, type.getConstructor(String.class).newInstance(name), handler);
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException("SIG" + name + " cannot be handled", e.getCause());
        }
    }
}
