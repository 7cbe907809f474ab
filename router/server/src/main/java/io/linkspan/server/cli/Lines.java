// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Takes an input apart into lines of UTF-8, each handed on as soon as it is there. */
final class Lines {
    private Lines() {}

    static void each(InputStream input, Consumer<String> taker) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            taker.accept(line);
        }
    }
}
