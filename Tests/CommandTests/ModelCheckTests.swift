import Foundation
import Notation
import Testing

/// What models need of this machine, told by `sluice validate` before anything is asked.
@Suite struct ModelCheckTests {
    private func place(_ more: String, metrics: String, gate: String) throws -> Workplace {
        let place = try Workplace()
        try place.writeExamples(3)
        try place.writePolicy(
            baseline: nil, candidate: "http://127.0.0.1:9/", gates: [gate], metrics: metrics, more: more)
        return place
    }

    /// The line of the policy that holds these words, from 1.
    private func line(of words: String, _ place: Workplace) throws -> Int {
        let lines = try place.read("sluice.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        return try #require(lines.firstIndex { $0.contains(words) }) + 1
    }

    @Test func aModelsFolderIsOpenedAsFarAsItCostsNothing() async throws {
        let place = try place(
            "embedding:\n  model: models/m\n", metrics: "cosine_similarity", gate: "cosine_similarity >= 0.9")
        let at = "sluice.yaml:\(try line(of: "model: models/m", place)):"
        let none = try await place.sluice("validate")
        #expect(none.status == 65, "\(none)")
        #expect(
            none.err.hasPrefix(at) && none.err.contains("models/m: there is no such folder; run"), "\(none)")
        try place.write("models/m/config.json", #"{"model_type": "mpnet"}"#)
        let other = try await place.sluice("validate", "--json")
        #expect(other.status == 65, "\(other)")
        #expect(other.err.hasPrefix(at), "\(other)")
        #expect(
            other.err.contains(
                "models/m/config.json: model_type: the architecture 'mpnet' is not supported; use"),
            "\(other)")
        let facts = try JSONValue.parse(Array(other.out.utf8))
        #expect(facts["problems"]?.arrayValue?.count == 1, "\(other)")
    }

    struct Program: Sendable, CustomTestStringConvertible {
        let command: String
        let says: String
        var testDescription: String { command }
    }

    static let programs = [
        Program(command: "[./tone.sh]", says: "there is no program './tone.sh'; check the path"),
        Program(command: "[./words.txt]", says: "the program './words.txt' may not be run; run 'chmod +x"),
        Program(command: "[./folder]", says: "the program './folder' is a folder"),
        Program(
            command: "[tone-scorer]", says: "the program 'tone-scorer' is in no folder of PATH; install it"),
        Program(
            command: "[words.txt]",
            says:
                "the program 'words.txt' is in no folder of PATH; the policy's folder has a file of that name: write './words.txt'"
        ),
        Program(command: "[python3, tone.py]", says: "there is no script 'tone.py'; check the path"),
        Program(command: "[/usr/bin/env, -S, python3]", says: ""),
        Program(command: "[./run.sh, missing.txt]", says: ""),
        Program(command: "[sh, run.sh]", says: ""),
        Program(command: "[python3, -m, nothing.here]", says: ""),
    ]

    @Test(arguments: programs) func aProgramThatCannotBeRunIsToldBeforehand(_ program: Program) async throws {
        for (key, more, metrics, gate) in [
            (
                "custom.tone", "custom:\n  tone: { command: \(program.command), better: higher }\n",
                "custom, error_rate", "error_rate <= 50%"
            ),
            (
                "judge", "judge: { command: \(program.command), family: none }\n", "error_rate",
                "error_rate <= 50%"
            ),
        ] {
            let place = try place(more, metrics: metrics, gate: gate)
            try place.write("words.txt", "words\n")
            try place.write("run.sh", "#!/bin/sh\n")
            chmod(place.path("run.sh"), 0o755)
            try place.write("folder/file", "")
            let outcome = try await place.sluice("validate")
            #expect(outcome.status == (program.says.isEmpty ? 0 : 65), "\(key): \(outcome)")
            guard !program.says.isEmpty else { continue }
            let at = "sluice.yaml:\(try line(of: program.command, place)):"
            #expect(outcome.err.hasPrefix(at), "\(key): \(outcome)")
            #expect(outcome.err.contains("\(key).command: \(program.says)"), "\(key): \(outcome)")
        }
    }

    @Test func whatValidateRefusesIsNotRunEither() async throws {
        let app = try TestApp { TestApp.right($0) }
        let place = try Workplace()
        try place.writeExamples(3)
        try place.writePolicy(
            baseline: nil, candidate: app.url, gates: ["custom[tone] >= 0.5"], metrics: "custom",
            more: "custom: { tone: { command: [python3, tone.py], better: higher } }\n")
        let outcome = try await place.sluice("eval")
        #expect(outcome.status == 65, "\(outcome)")
        #expect(outcome.err.contains("there is no script 'tone.py'"), "\(outcome)")
        #expect(app.asked.isEmpty, "nothing is asked before it is known that it can be scored")
    }
}
