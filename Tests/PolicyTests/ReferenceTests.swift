import Foundation
import Policy
import Testing

@Suite struct ReferenceTests {
    @Test func theReferenceNamesEveryKey() {
        let text = PolicyReference.markdown()
        for key in PolicyKeys.root { #expect(text.contains("| `\(key.name)`"), "\(key.name)") }
        for key in ["total_timeout", "cached_input", "stream_text", "weight", "overlay", "blessed"] {
            #expect(text.contains("| `\(key)`"), "\(key)")
        }
    }

    @Test func whatMayBeWrittenInSeveralWaysIsShownInEach() {
        let text = PolicyReference.markdown()
        for way in ["### embedding with model", "### embedding with openai", "text-embedding-3-small"] {
            #expect(text.contains(way), "\(way)")
        }
    }

    @Test func theReferenceShowsEveryFormAndPreset() {
        let text = PolicyReference.markdown()
        for form in GateFormEntry.all { #expect(form.examples.allSatisfy(text.contains), "\(form.name)") }
        for preset in Preset.all {
            #expect(preset.gates.allSatisfy { text.contains($0.rule) }, "\(preset.name)")
        }
    }

    /// `docs/policy.md` is this reference; `SLUICE_WRITE_GOLDEN=1` rewrites it, and that run fails all the
    /// same.
    @Test func theDocumentedReferenceIsTheMadeOne() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let file = root.appendingPathComponent("docs/policy.md").standardizedFileURL
        if ProcessInfo.processInfo.environment["SLUICE_WRITE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(PolicyReference.markdown().utf8).write(to: file)
            Issue.record("rewritten: docs/policy.md")
            return
        }
        #expect(String(decoding: try Data(contentsOf: file), as: UTF8.self) == PolicyReference.markdown())
    }
}
