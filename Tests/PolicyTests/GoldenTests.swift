import Foundation
import Policy
import Testing

/// Every policy of `Fixtures/bad` with what is said of it, word for word.
///
/// `SLUICE_WRITE_GOLDEN=1` rewrites the expected texts; that run fails all the same, so that it is read.
@Suite struct GoldenTests {
    @Test(arguments: Fixtures.names("bad"))
    func aBadPolicyIsToldInTheseWords(_ name: String) throws {
        let (policy, diagnostics) = PolicyReader.read(try Fixtures.bytes("bad", name), path: name)
        #expect(policy == nil)
        #expect(diagnostics.haveErrors)
        let text = DiagnosticText().render(diagnostics)
        let file = Fixtures.folder.appendingPathComponent("bad/" + name.dropLast(".yaml".count) + ".expected")
        if ProcessInfo.processInfo.environment["SLUICE_WRITE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
            Issue.record("rewritten: \(file.lastPathComponent)")
            return
        }
        let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(text == expected)
    }

    @Test(arguments: Fixtures.names("bad"))
    func nothingOfTheFileReachesATerminalUnescaped(_ name: String) throws {
        let (_, diagnostics) = PolicyReader.read(try Fixtures.bytes("bad", name), path: name)
        let text = DiagnosticText().render(diagnostics)
        let unsafe = text.unicodeScalars.first { scalar in
            switch scalar.properties.generalCategory {
            case .control: scalar != "\n"
            case .format, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
        #expect(unsafe == nil)
    }
}
