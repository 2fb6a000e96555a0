import Domain
import Testing

@testable import Revisions

@Suite struct SubprocessTests {
    @Test func whatIsSaidAndHowItEnded() throws {
        let words = ["-c", "echo out; echo err >&2; exit 3"]
        let outcome = try Subprocess.run("/bin/sh", words, environment: [])
        #expect(outcome.status == 3)
        #expect(outcome.out == Array("out\n".utf8))
        #expect(outcome.err == "err\n")
    }

    @Test func aProgramThatFallsSilentAndStaysIsEnded() throws {
        // It closes what it could speak by: nothing is left to be read, and it lives on.
        let clock = ContinuousClock()
        let took = clock.measure {
            #expect(throws: StoreError.self) {
                try Subprocess.run(
                    "/bin/sh", ["-c", "exec >&- 2>&-; exec sleep 30"], environment: [], seconds: 0.3)
            }
        }
        #expect(took < .seconds(5))
    }
}
