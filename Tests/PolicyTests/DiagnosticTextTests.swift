import Domain
import Policy
import Testing

@Suite struct DiagnosticTextTests {
    /// The example of the project's style guide, letter for letter.
    @Test func theStyleGuidesExampleIsReproduced() throws {
        let text = """
            version: 1
            project: helpdesk
            app:
              baseline: http://127.0.0.1:8101/v1/answer
              candidate: http://127.0.0.1:8102/v1/answer
              observe:
                documents: /retrieval
            dataset: golden/
            metrics: []


            gates:

                - recal@3: no worse than baseline by 0.02
            """
        let (_, diagnostics) = read(text)
        #expect(
            DiagnosticText().render(diagnostics) == """
                sluice.yaml:14:7: error: unknown metric 'recal@3'
                   14 |     - recal@3: no worse than baseline by 0.02
                      |       ^^^^^^^ did you mean 'recall@3'?

                """)
    }

    @Test func coloursFrameTheSameText() throws {
        let (_, diagnostics) = read(Fixtures.policy(gates: ["mrr >= 5", "mrr <= 0.9"]))
        let plain = DiagnosticText().render(diagnostics)
        let coloured = DiagnosticText(isColoured: true).render(diagnostics)
        var stripped = ""
        var isCode = false
        for character in coloured {
            if character == "\u{1B}" { isCode = true }
            if !isCode { stripped.append(character) }
            if character == "m" { isCode = false }
        }
        #expect(stripped == plain)
        #expect(coloured.contains("\u{1B}[1;31merror:\u{1B}[0m"))
        #expect(coloured.contains("\u{1B}[1;33mwarning:\u{1B}[0m"))
    }

    @Test func diagnosticsComeInTheOrderOfTheirPlaces() throws {
        let (_, diagnostics) = read(
            "zebra: 1\n" + Fixtures.policy(metrics: "[nothing]", gates: ["mrr >= 5", "x >= 1"]))
        let places = diagnostics.map { [$0.place.line, $0.place.column] }
        #expect(places == places.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(diagnostics.count == 4)
    }

    @Test func caretsStandUnderWideAndInvisibleCharacters() throws {
        let (_, diagnostics) = read("\"日本\u{202E}\": 1\n\"a\u{301}b\": 1")
        let lines = DiagnosticText().render(diagnostics).split(separator: "\n").map(String.init)
        // Two wide characters and an escape of eight columns between the quotes.
        #expect(lines.contains("    1 | \"日本\\u{202E}\": 1"))
        #expect(lines.contains { $0.hasPrefix("      | " + String(repeating: "^", count: 14)) })
        #expect(lines.contains { $0.hasSuffix("      | ^^^^") })
    }

    @Test func aMegabyteOnOneLineIsShownAsAWindow() throws {
        let long = String(repeating: "x", count: 900_000)
        let (_, diagnostics) = read(Fixtures.policy(metrics: "[\(long), mrr@2]", gates: ["mrr >= 0.5"]))
        let text = DiagnosticText().render(diagnostics)
        #expect(diagnostics.count == 2)
        #expect(text.utf8.count < 2000)
        #expect(text.contains("mrr@2"))
    }

    @Test func aFileBeyondTheLimitIsRefusedWhole() throws {
        let (policy, diagnostics) = read(Fixtures.policy(more: "# " + String(repeating: "x", count: 2 << 20)))
        #expect(policy == nil)
        #expect(diagnostics.map(\.kind) == [.syntax])
        #expect(diagnostics.first?.message == "the file is longer than 1048576 bytes")
    }
}
