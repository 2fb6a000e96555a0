import Domain
import Synchronization

@testable import Replay

/// A clock that moves when somebody sleeps: tests of waits take no time.
final class SteppingClock: ReplayClock {
    private let time = Mutex(0.0)
    private let naps = Mutex<[Double]>([])

    var slept: [Double] { naps.withLock { $0 } }

    func now() -> Double { time.withLock { $0 } }

    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }

    func sleep(_ seconds: Double) async -> Bool {
        if Task.isCancelled { return false }
        advance(seconds)
        naps.withLock { $0.append(seconds) }
        await Task.yield()
        return true
    }
}

/// An app in memory that answers as a closure says and remembers what it was asked.
final class FakeTarget: Target {
    typealias Reply = @Sendable (Question) async -> Attempt

    let identity: TargetIdentity
    private let reply: Reply
    private let questions = Mutex<[Question]>([])

    init(_ name: String = "fake", reply: @escaping Reply) {
        identity = TargetIdentity(kind: "http", address: name, configuration: "c-" + name)
        self.reply = reply
    }

    var asked: [Question] { questions.withLock { $0 } }

    func ask(_ question: Question) async -> Attempt {
        questions.withLock { $0.append(question) }
        return await reply(question)
    }

    func close() async {}
}

func answer(
    _ text: String, version: String? = "1", documents: [String]? = nil, session: String? = nil
) -> Answer {
    var answer = Answer(latencyMilliseconds: 5)
    answer.text = text
    answer.session = session
    answer.documents = documents.map { $0.map { RetrievedDocument(id: $0) } }
    answer.versions = version.map { [Answer.Version(name: "prompt", value: $0)] }
    return answer
}

func answered(_ answer: Answer) -> Attempt { Attempt(.answered(answer)) }

func failed(_ cause: Failure.Cause, status: Int? = nil, retryAfter: Double? = nil) -> Attempt {
    Attempt(
        .failed(Failure(cause: cause, detail: "made to fail: \(cause.rawValue)", status: status)),
        pacing: Pacing(retryAfterSeconds: retryAfter))
}

func examples(_ count: Int, _ change: (inout Example, Int) -> Void = { _, _ in }) -> [Example] {
    (0..<count).map { number in
        var example = Example(id: "E-\(number)", query: "question \(number)")
        example.references = ["answer \(number)"]
        change(&example, number)
        return example
    }
}
