/// Runs replications side by side; the result does not depend on how many run at once.
public enum Replications {
    /// - Parameter body: From the number of a replication to its result; pure.
    /// - Returns: In the order of the replications.
    public static func run<Result: Sendable>(
        _ count: Int, workers: Int, _ body: @escaping @Sendable (Int) -> Result
    ) async -> [Result] {
        // Several chunks a worker, since rollouts differ in length.
        let chunk = max(1, (count + workers * 8 - 1) / max(1, workers * 8))
        let starts = Array(stride(from: 0, to: count, by: chunk))
        return await withTaskGroup(of: (Int, [Result]).self) { group in
            var next = 0
            func add() {
                guard next < starts.count else { return }
                let start = starts[next]
                next += 1
                group.addTask {
                    var part: [Result] = []
                    for number in start..<min(count, start + chunk) { part.append(body(number)) }
                    return (start, part)
                }
            }
            for _ in 0..<max(1, workers) { add() }
            var parts: [(Int, [Result])] = []
            while let part = await group.next() {
                parts.append(part)
                add()
            }
            parts.sort { $0.0 < $1.0 }
            return parts.flatMap(\.1)
        }
    }
}
