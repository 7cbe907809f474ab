// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("HTT-09: static files")
class PageFilesTest {
    @TempDir
    Path directory;

    @SuppressWarnings("NullAway.Init") // made before each test
    private Path root;

    @BeforeEach
    void files() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        Files.writeString(root.resolve("index.html"), "first");
        Files.writeString(root.resolve("a b.json"), "{}");
        Files.createDirectories(root.resolve("sub"));
        Files.writeString(root.resolve("sub/index.html"), "second");
        Files.writeString(root.resolve("sub/font.WOFF2"), "w");
        Files.writeString(root.resolve("plain"), "p");
        Files.writeString(directory.resolve("secret"), "s");
    }

    private HttpPages.Page page(String path) throws IOException {
        return new PageFiles(root).page(path);
    }

    @ParameterizedTest
    @CsvSource({
        "/,text/html,first",
        "/index.html,text/html,first",
        "/sub,text/html,second",
        "/sub/,text/html,second",
        "/sub/../index.html,text/html,first",
        "/a%20b.json,application/json,{}",
        "/sub/font.WOFF2,font/woff2,w",
        "/plain,application/octet-stream,p"
    })
    void fileIsServedWithItsType(String path, String type, String body) throws IOException {
        HttpPages.Page page = page(path);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.contentType()).isEqualTo(type);
        assertThat(new String(page.body(), StandardCharsets.UTF_8)).isEqualTo(body);
        assertThat(page.close()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/none",
                "/../secret",
                "/%2e%2e/secret",
                "/sub/../../secret",
                "//etc/passwd",
                "/plain%00",
                "/plain%2",
                "/%zz",
                "plain",
                "/empty",
                "*"
            })
    void whatIsNotThereOrOutsideIsNotFound(String path) throws IOException {
        Files.createDirectories(root.resolve("empty"));
        assertThat(page(path)).isEqualTo(HttpPages.Page.NOT_FOUND);
    }

    @Test
    void linkThatLeadsOutsideIsNotFollowed() throws IOException {
        Files.createSymbolicLink(root.resolve("out"), directory.resolve("secret"));
        Files.createSymbolicLink(root.resolve("in"), root.resolve("plain"));
        assertThat(page("/out").status()).isEqualTo(404);
        assertThat(page("/in").status()).isEqualTo(200);
    }

    @Test
    void fileBeyondTheLimitIsRefused() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(root.resolve("large").toFile(), "rw")) {
            file.setLength(PageFiles.MAX_FILE_BYTES);
            assertThat(page("/large").body()).hasSize(PageFiles.MAX_FILE_BYTES);
            file.setLength(PageFiles.MAX_FILE_BYTES + 1L);
            assertThat(page("/large").status()).isEqualTo(403);
        }
    }

    @Test
    void directoryThatIsGoneServesNothing() throws IOException {
        assertThat(new PageFiles(directory.resolve("gone")).page("/").status()).isEqualTo(404);
    }
}
