import Domain
import Foundation
import Notation

/// A folder of this test alone, removed when the test lets go of it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "sluice-storage-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try write(name, Data(text.utf8))
    }

    @discardableResult
    func write(_ name: String, _ data: Data) throws -> String {
        try FileManager.default.createDirectory(
            atPath: (file(name) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try data.write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func data(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: file(name))) }

    /// Paths below the folder, sorted.
    func contents(_ name: String = "") throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: file(name)).sorted()
    }
}

enum Sample {
    /// An answered observation that is told from others by its number, of about 2 KB.
    static func observation(
        _ number: Int, arm: Arm = .candidate, repetition: Int = 0, text: String? = nil
    ) -> Observation {
        var answer = Answer(latencyMilliseconds: 12.5 + Double(number))
        answer.text = text ?? "Answer \(number), with \"quotes\", a line\nfeed and ünïcödé ✓"
        answer.intent = "refund"
        answer.confidence = 0.1 + 0.2
        answer.documents = (0..<5).map {
            RetrievedDocument(
                id: "doc_\(number)_\($0)", score: 1 / Double($0 + 3),
                text: String(repeating: "passage ", count: 40))
        }
        answer.versions = [Answer.Version(name: "prompt", value: "v14")]
        answer.body = ["answer": .string("Answer \(number)"), "n": .integer(Int64(number))]
        return Observation(
            example: "E-\(number)", arm: arm, repetition: repetition, outcome: .answered(answer))
    }

    static func failure(_ number: Int, _ cause: Failure.Cause, arm: Arm = .candidate) -> Observation {
        Observation(
            example: "E-\(number)", arm: arm, repetition: 0,
            outcome: .failed(Failure(cause: cause, detail: "nobody answered")), attempts: 3)
    }
}

extension EvidenceStore {
    /// All observations of a run and what was wrong with others.
    func all(_ run: String) throws -> (observations: [Observation], problems: [StoreError]) {
        var observations: [Observation] = []
        var problems: [StoreError] = []
        try read(run: run, each: { observations.append($0) }, problem: { problems.append($0) })
        return (observations, problems)
    }
}
