import Digest
import Domain
import Glibc
import Interchange
import Notation

/// Answers that were recorded, in a file of JSON Lines: nothing is asked.
///
/// The file is read once to note where each row stands; rows are read again when they are asked for, so
/// 100,000 of them cost some megabytes. An example or a repeat that the file lacks is `notRecorded`, nobody's
/// failure. Earlier turns of a conversation are the row's own where it has them, else those of the example.
public final class RecordedTarget: Target {
    public let identity: TargetIdentity
    /// Rows that cannot be read, set aside.
    public let problems: [DatasetProblem]
    public let furtherProblems: Int
    /// Rows that answer for an example.
    public var count: Int { index.count }

    private let index: RecordingIndex
    private let row: RecordedRow
    private let file: OpenFile
    private let path: String

    /// - Throws: Where the file cannot be read or holds no row that can be used.
    public init(_ policy: TargetPolicy, file path: String, limits: ReplayLimits) throws(TargetProblem) {
        let reader: AnswerReader
        do throws(AnswerReader.Problem) { reader = try AnswerReader(policy.observe) } catch {
            throw TargetProblem(
                key: "observe.\(error.part)", cause: error.description, mend: "write it as '/member/…'")
        }
        let file: OpenFile
        var index = RecordingIndex(file: path, maximumLineBytes: limits.answerBytes)
        var hash = SHA256()
        do throws(OpenFile.Problem) {
            file = try OpenFile(path)
            try file.readAll { chunk in
                index.feed(chunk)
                hash.update(UnsafeRawBufferPointer(chunk))
            }
        } catch {
            throw TargetProblem(
                key: "recorded", cause: "'\(path)' cannot be read: \(error.cause)",
                mend: "check the path; it is relative to the policy's folder")
        }
        index.finish()
        guard index.count > 0 else {
            let first = index.problems.first.map { ", for example \($0.description)" } ?? ""
            throw TargetProblem(
                key: "recorded", cause: "'\(path)' holds no recorded answer\(first)",
                mend: "write rows such as {\"id\": \"GD-1\", \"answer\": \"…\"}")
        }
        self.index = index
        self.file = file
        self.path = path
        row = RecordedRow(reader)
        problems = index.problems
        furtherProblems = index.furtherProblems
        var digest = ConfigurationDigest(kind: "recorded")
        digest.add("content", hash.finish().description)
        digest.add(policy)
        identity = TargetIdentity(kind: "recorded", address: path, configuration: digest.value())
    }

    public func ask(_ question: Question) async -> Attempt {
        Attempt(result(question))
    }

    private func result(_ question: Question) -> Attempt.Result {
        let example = question.example
        guard
            let extent = index.extent(example: example.id, repetition: question.repetition, arm: question.arm)
        else {
            let which = question.repetition == 0 ? "" : " for repeat \(question.repetition + 1)"
            return .failed(Failure(cause: .notRecorded, detail: "the recording has no answer\(which)"))
        }
        let place = "line \(extent.line) of the recording"
        let limits = JSONLimits(depth: 512, bytes: extent.count, longNumbers: .wholeAsTexts)
        guard let bytes = file.read(at: extent.offset, count: extent.count),
            let value = try? JSONValue.parse(bytes, limits: limits)
        else {
            return .failed(Failure(cause: .notRecorded, detail: "\(place) changed while the run went on"))
        }
        let recorded: (outcome: Observation.Outcome, earlier: [Answer])
        do throws(ObservationCodec.Problem) { recorded = try row.read(value) } catch {
            return .failed(Failure(cause: .notRecorded, detail: "\(place): \(error.description)"))
        }
        if let earlier = earlierAnswer(question, recorded.earlier) { return .answered(earlier) }
        switch recorded.outcome {
        case .answered(let answer): return .answered(answer)
        case .failed(let failure): return .failed(failure)
        }
    }

    /// The answer to an earlier turn, or nil where the question is the last one.
    private func earlierAnswer(_ question: Question, _ recorded: [Answer]) -> Answer? {
        let history = question.example.history
        let turns = history.indices.filter { history[$0].role == .user }
        guard question.turn < turns.count, question.history.count < history.count else { return nil }
        if question.turn < recorded.count { return recorded[question.turn] }
        var answer = Answer(latencyMilliseconds: nil)
        answer.text = history[turns[question.turn]...].dropFirst().first { $0.role == .assistant }?.content
        return answer
    }

    public func close() async {}
}

/// A file that stays open while it is used.
final class OpenFile: Sendable {
    struct Problem: Error { let cause: String }

    private let descriptor: Int32

    init(_ path: String) throws(Problem) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem(cause: Self.words(errno)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            Glibc.close(descriptor)
            throw Problem(cause: "it is no file")
        }
    }

    deinit { Glibc.close(descriptor) }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }

    func readAll(_ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(Problem) {
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var offset: off_t = 0
        while true {
            let got = chunk.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset) }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw Problem(cause: Self.words(errno)) }
            if got == 0 { return }
            offset += off_t(got)
            chunk.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<got])) }
        }
    }

    /// The bytes, or nil where the file no longer holds them.
    func read(at offset: Int, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            done += got
        }
        return bytes
    }
}
