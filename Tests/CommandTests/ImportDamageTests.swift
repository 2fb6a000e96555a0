import Foundation
import Notation
import Testing

/// Logs of Inspect that are damaged: where, why, and what to do.
@Suite struct ImportDamageTests {
    private static let log = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("AdoptionTests/Fixtures/foreign/inspect.eval")

    private func outcome(_ bytes: [UInt8]) async throws -> Outcome {
        let place = try Workplace()
        try place.write("run.eval", bytes)
        let outcome = try await place.sluice("import", "inspect", "run.eval", "--out", "made")
        if outcome.status != 0 { #expect(place.files() == ["run.eval"], "\(place.files())") }
        return outcome
    }

    @Test func aLogThatIsCutOrChangedIsRefusedWithItsMend() async throws {
        let whole = [UInt8](try Data(contentsOf: Self.log))
        for size in [whole.count / 4, whole.count / 2, whole.count - 30] {
            let cut = try await outcome(Array(whole[..<size]))
            #expect(cut.status == 65, "\(cut)")
            #expect(
                cut.err.contains("run.eval: the archive is damaged: its end is missing; copy it anew"),
                "\(cut)")
        }
        var changed = whole
        let sample = try #require(Data(whole).range(of: Data("samples/".utf8)))
        for index in sample.upperBound + 40..<sample.upperBound + 60 { changed[index] ^= 0x55 }
        let flipped = try await outcome(changed)
        #expect(flipped.status == 65, "\(flipped)")
        #expect(flipped.err.contains("run.eval: the archive is damaged: '"), "\(flipped)")
    }

    @Test func whatIsNoLogIsSaid() async throws {
        for bytes in [[], Array("hello\n".utf8), [0, 1, 2, 3]] {
            let none = try await outcome(bytes)
            #expect(none.status == 65, "\(none)")
            #expect(none.err.contains("run.eval") && none.err.contains("; "), "\(none)")
        }
        let other = try await outcome(Array("hello\n".utf8))
        #expect(other.err.contains("begins neither as an archive nor as JSON; copy the log anew"), "\(other)")
    }

    @Test func brokenJSONInALogHasItsEntryAndPlace() async throws {
        let head = #"{"version":2,"status":"success","eval":{"model":"m"}}"#
        let sample =
            #"{"id":"1","input":"Hi?","target":"Yes","scores":{"includes":{"value":"C"}},"store":{"a":1}}"#
        let good = try await outcome(zip([("header.json", head), ("samples/1_epoch_1.json", sample)]))
        #expect(good.status == 0, "\(good)")
        #expect(good.out.contains("the scores 'includes' are not carried"), "\(good)")
        #expect(good.out.contains("of a sample 'store' are not carried"), "\(good)")
        let broken = try await outcome(
            zip([("header.json", head), ("samples/1_epoch_1.json", "{\"id\": 1,\n \"input\": }")]))
        #expect(broken.status == 65, "\(broken)")
        #expect(
            broken.err.contains("run.eval: samples/1_epoch_1.json:2:11: a value is expected here; write"),
            "\(broken)")
        let begun = try await outcome(
            zip([("_journal/start.json", "{}"), ("samples/1_epoch_1.json", sample)]))
        #expect(begun.err.contains("header.json is missing: the evaluation did not end"), "\(begun)")
    }

    /// A ZIP archive whose entries are stored as they are.
    private func zip(_ files: [(name: String, text: String)]) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) }
        }
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for (name, text) in files {
            let bytes = Array(text.utf8)
            var crc: UInt32 = ~0
            for byte in bytes {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            }
            let facts =
                number(0, 2) + number(0, 2) + number(0, 4) + number(Int(~crc), 4) + number(bytes.count, 4)
                + number(bytes.count, 4) + number(name.utf8.count, 2) + number(0, 2)
            let offset = out.count
            out += [0x50, 0x4B, 3, 4] + number(20, 2) + facts + Array(name.utf8) + bytes
            directory +=
                [0x50, 0x4B, 1, 2] + number(20, 2) + number(20, 2) + facts + number(0, 2) + number(0, 2)
            directory += number(0, 2) + number(0, 4) + number(offset, 4) + Array(name.utf8)
        }
        let start = out.count
        out +=
            directory + [0x50, 0x4B, 5, 6] + number(0, 4) + number(files.count, 2) + number(files.count, 2)
        return out + number(directory.count, 4) + number(start, 4) + number(0, 2)
    }
}

/// A schema's probable slips are told wherever it stands.
@Suite struct SchemaHintTests {
    private static let slip = #"{"type":"object","requried":["total"]}"#

    @Test func ofAFileThatThePolicyNames() async throws {
        let place = try Workplace()
        try place.writeExamples(3)
        try place.write("answer.json", Self.slip)
        try place.writePolicy(
            baseline: nil, candidate: "http://127.0.0.1:9/", gates: ["schema >= 0.5"],
            metrics: "{ schema: answer.json }")
        let outcome = try await place.sluice("validate")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            outcome.err.contains("warning: the schema of 'schema', answer.json: #: 'requried' is no keyword"),
            "\(outcome)")
        #expect(
            outcome.err.contains("is 'required' meant?") && outcome.err.hasPrefix("sluice.yaml:"),
            "\(outcome)")
        #expect(outcome.err.components(separatedBy: "requried").count == 2, "once: \(outcome)")
    }

    @Test func whereLinesAreScored() async throws {
        let place = try Workplace()
        try place.write("answer.json", Self.slip)
        try place.write("in.jsonl", #"{"body":{}}"# + "\n")
        for metric in ["schema: answer.json", "schema: \(Self.slip)"] {
            let outcome = try await place.sluice("score", metric, "--file", "in.jsonl")
            #expect(outcome.status == 0 && outcome.err.contains("is 'required' meant?"), "\(outcome)")
        }
    }
}
