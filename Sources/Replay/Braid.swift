import Domain
import Synchronization

/// Several replays of one data set side by side: whoever takes an example asks it of every one of them.
///
/// The order in which they are asked is drawn anew for each example, balanced over places, so that what disturbs one
/// disturbs all alike, and none comes first for one kind of example. One that fails ends alone.
struct Braid: Sendable {
    /// By number; nil: one that takes no part, and keeps its place in the order.
    let passages: [Replayer.Passage?]
    let order: AskingOrder
    let exampleCount: Int
    let concurrency: Int
    /// Whether nothing more is to be asked.
    let isOver: @Sendable () -> Bool

    /// Why a replay ended early, by its number; those that are not there are whole.
    ///
    /// - Throws: `ReplayInterruption.stopped` where the task was cancelled or nothing more may be asked.
    func run() async throws -> [Int: any Error] {
        let ended = Mutexed<[Int: any Error]>([:])
        let work = WorkQueue(exampleCount: exampleCount)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(concurrency, max(1, exampleCount)) {
                group.addTask {
                    while let example = work.next() {
                        if Task.isCancelled || isOver() { return }
                        await ask(example, ended)
                    }
                }
            }
        }
        if Task.isCancelled || isOver() {
            var (done, planned) = (0, 0)
            for case let passage? in passages {
                done += passage.done
                planned += passage.planned
            }
            if Task.isCancelled || done < planned {
                throw ReplayInterruption.stopped(done: done, planned: planned)
            }
        }
        return ended.withLock { $0 }
    }

    private func ask(_ example: Int, _ ended: Mutexed<[Int: any Error]>) async {
        for number in order.places(example) {
            guard let passage = passages[number] else { continue }
            if ended.withLock({ $0[number] != nil }) { continue }
            if Task.isCancelled || isOver() { return }
            do { try await passage.ask(example) } catch {
                ended.withLock { $0[number] = $0[number] ?? error }
            }
        }
    }
}

/// Calls that may still be made, over several targets together.
public final class CallBudget: Sendable {
    private let left: Atomic<Int>
    private let refused = Atomic<Bool>(false)
    private let limit: Int

    /// - Parameter calls: Nil: as many as are wanted.
    public init(_ calls: Int?) {
        limit = calls ?? Int.max
        left = Atomic(limit)
    }

    /// Whether a call was refused.
    public var isSpent: Bool { refused.load(ordering: .relaxed) }

    public var made: Int { limit - max(0, left.load(ordering: .relaxed)) }

    fileprivate func take() -> Bool {
        if left.wrappingSubtract(1, ordering: .relaxed).newValue >= 0 { return true }
        left.wrappingAdd(1, ordering: .relaxed)
        refused.store(true, ordering: .relaxed)
        return false
    }
}

/// A target that asks only while the budget lasts; then it answers as a run that was stopped.
public struct BudgetedTarget: Target {
    private let target: any Target
    private let budget: CallBudget

    public init(_ target: any Target, _ budget: CallBudget) {
        self.target = target
        self.budget = budget
    }

    public var identity: TargetIdentity { target.identity }

    public func ask(_ question: Question) async -> Attempt {
        guard budget.take() else {
            return Attempt(.failed(Failure(cause: .cancelled, detail: "no more calls may be made")))
        }
        return await target.ask(question)
    }

    public func close() async { await target.close() }
}
