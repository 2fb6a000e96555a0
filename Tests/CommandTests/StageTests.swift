import Foundation
import Synchronization
import Testing

/// Every release of the demo app against what is live, through the demo's own policy and golden set: the sound ones
/// ship, each broken one is blocked with the stage that was broken.
@Suite(.serialized) struct StageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let release: String
        let status: Int32
        /// First words of *where it broke*; nil: nothing broke.
        let stage: String?
        var further = ""
        var testDescription: String { release }
    }

    // The stage that each release was broken in: `Variant.all` of the demo app.
    static let cases = [
        Case(release: "v1", status: 0, stage: nil),
        Case(release: "v2-better", status: 0, stage: nil),
        Case(release: "broken-retriever", status: 1, stage: "retrieval", further: "generation follows it"),
        Case(release: "broken-classifier", status: 1, stage: "routing"),
        Case(release: "broken-verbose", status: 1, stage: "generation"),
        Case(release: "broken-format", status: 1, stage: "format"),
        Case(release: "broken-guardrail", status: 1, stage: "guardrail"),
        Case(release: "broken-overblock", status: 1, stage: "guardrail"),
        Case(release: "broken-slow", status: 1, stage: "operation", further: "retrieval +"),
    ]

    private static let example =
        (#filePath as NSString).deletingLastPathComponent + "/../../examples/helpdesk"

    /// What the releases before said, as vectors: the same texts are embedded once.
    private static let vectors = Mutex<[UInt8]?>(nil)

    private func start(_ release: String, in place: Workplace) async throws -> (Child, String) {
        let child = try Child(
            Program.helpdesk,
            ["--port", "0", "--version-of", release, "--data", StageTests.example + "/data"],
            in: place.folder)
        let isUp = try await child.waits { child.out.contains("\n") }
        try #require(isUp, "\(release): \(child.err)")
        let address = try #require(child.out.split(separator: " ").last?.trimmingCharacters(in: .newlines))
        return (child, address + "/v1/answer")
    }

    @Test(arguments: cases) func aReleaseIsJudgedByTheStageThatBroke(release: Case) async throws {
        let place = try Workplace()
        let (live, baseline) = try await start("v1", in: place)
        let (changed, candidate) = try await start(release.release, in: place)
        defer {
            live.signal(SIGKILL)
            changed.signal(SIGKILL)
        }
        var policy = StageTests.example + "/sluice.yaml"
        if release.status != 0 {
            // Slices can only block as well, and cost half of the time.
            let model = StageTests.example + "/../../.build/models/minilm"
            let whole = try String(contentsOfFile: policy, encoding: .utf8)
                .replacingOccurrences(of: "../../.build/models/minilm", with: model)
            let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
            try place.write("sluice.yaml", lines.filter { !$0.hasPrefix("slices:") }.joined(separator: "\n"))
            policy = "sluice.yaml"
            for name in ["golden", "schemas"] {
                try FileManager.default.createSymbolicLink(
                    atPath: place.path(name), withDestinationPath: StageTests.example + "/" + name)
            }
        }
        let file = ".sluice/vectors.db"
        if let vectors = Self.vectors.withLock({ $0 }) { try place.write(file, vectors) }
        defer {
            if let made = FileManager.default.contents(atPath: place.path(file)) {
                Self.vectors.withLock { $0 = Array(made) }
            }
        }
        let outcome = try await place.sluice(
            "eval", "--policy", policy, "--baseline", baseline, "--candidate", candidate)
        #expect(outcome.status == release.status, "\(outcome)")
        let line = outcome.out.components(separatedBy: "where it broke: ").dropFirst().first?.split(
            separator: "\n"
        ).first
        #expect(line?.split(separator: " ").first.map(String.init) == release.stage, "\(outcome)")
        if let line, !release.further.isEmpty { #expect(line.contains(release.further), "\(outcome)") }
    }
}
