// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of a directory as pages of HTTP ({@code httpRootDir}, policy HTT-09). Nothing outside of the directory is
 * served, whatever a path or a link in it says. Blocks; to be called on a worker.
 */
public final class PageFiles {
    /** Largest file that is served, in bytes: 16 MiB. */
    public static final int MAX_FILE_BYTES = 16 << 20;

    private static final String INDEX = "index.html";

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html"),
            Map.entry("htm", "text/html"),
            Map.entry("css", "text/css"),
            Map.entry("js", "text/javascript"),
            Map.entry("mjs", "text/javascript"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("txt", "text/plain"),
            Map.entry("xml", "application/xml"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("gif", "image/gif"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff", "font/woff"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("ttf", "font/ttf"));
    private static final String OTHER_TYPE = "application/octet-stream";

    private final Path directory;

    public PageFiles(Path directory) {
        this.directory = directory;
    }

    /** The page of a path, or a page that says that there is none. */
    public HttpPages.Page page(String path) throws IOException {
        Path file = file(path);
        if (file == null) {
            return HttpPages.Page.NOT_FOUND;
        }
        if (Files.size(file) > MAX_FILE_BYTES) {
            return HttpPages.Page.text(403, "Larger than " + MAX_FILE_BYTES + " bytes\n", false);
        }
        String name = String.valueOf(file.getFileName());
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return new HttpPages.Page(200, TYPES.getOrDefault(ending, OTHER_TYPE), Files.readAllBytes(file), false);
    }

    private @Nullable Path file(String path) {
        String decoded = decoded(path);
        if (decoded == null || !decoded.startsWith("/")) {
            return null;
        }
        try {
            Path root = directory.toRealPath();
            Path asked = root.resolve("." + decoded);
            Path found = (Files.isDirectory(asked) ? asked.resolve(INDEX) : asked).toRealPath();
            return found.startsWith(root) && Files.isRegularFile(found) ? found : null;
        } catch (IOException | InvalidPathException e) {
            return null; // It is not there, or not a name at all.
        }
    }

    /** The path with its {@code %XX} read; null if it is written wrongly. */
    private static @Nullable String decoded(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte octet = bytes[i];
            if (octet == '%') {
                int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
                int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
                if (low < 0) {
                    return null;
                }
                octet = (byte) (high << 4 | low);
                i += 2;
            }
            bytes[length++] = octet;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
