// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/**
 * The rules of the design that a pom cannot express. The arrows between the modules are in the poms; what the pure
 * modules may touch, and how things are named, is here.
 */
@AnalyzeClasses(packages = "io.linkspan", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] PURE = {
        "io.linkspan.mesh..",
        "io.linkspan.wire..",
        "io.linkspan.amqp..",
        "io.linkspan.core..",
        "io.linkspan.bridge..",
        "io.linkspan.management.agent..",
        "io.linkspan.management.schema.."
    };

    @ArchTest
    static final ArchRule pureEnginesKnowNoSocketThreadOrLogger = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.net..",
                    "java.nio.channels..",
                    "java.util.logging..",
                    "java.lang.management..",
                    "io.vertx..",
                    "io.netty.channel..",
                    "io.netty.handler..");

    @ArchTest
    static final ArchRule pureEnginesReadNoClock = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(java.util.Random.class)
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class);

    @ArchTest
    static final ArchRule theCoreNamesNoOtherProtocol =
            noClasses().that().resideInAPackage("io.linkspan.core..").should().haveNameMatching("(?i).*mqtt.*");

    @ArchTest
    static final ArchRule theBridgeAndManagementMeetOnlyInTheServer = noClasses()
            .that()
            .resideInAPackage("io.linkspan.bridge..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.linkspan.management..");

    @ArchTest
    static final ArchRule namesComeFromTheField = noClasses()
            .should()
            .haveNameMatching(".*(Manager|Helper|Utils?|Info|Data|Impl)")
            .because("the field has a word for it");

    @ArchTest
    static final ArchRule everyPackageSaysWhereNullIsAllowed = classes().should(liveInANullMarkedPackage());

    private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return new ArchCondition<>("live in a null-marked package") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                if (!item.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(SimpleConditionEvent.violated(
                            item, item.getName() + " is in a package without @NullMarked"));
                }
            }
        };
    }
}
