import Statistics

/// The last senders, each with its newest outcome, held against a limit by binomial windows.
///
/// A window of W trips at the smallest k with P(Bin(W, limit) ≥ k) < 10⁻⁵, a run of failing senders where limitᵏ < 10⁻⁷
/// (``BinomialFuse``).
public struct KeyedWindows: Sendable {
    /// How many failures among the last so many senders trip.
    public struct Window: Sendable, Hashable {
        public let length: Int
        public let threshold: Int
    }

    public private(set) var windows: [Window]
    private let lengths: [Int]
    private let most: Int
    /// The newest at the end.
    private var keys: [UInt64] = []
    private var failures: [Bool] = []

    /// - Throws: `EstimateError.invalidParameter` for a limit outside `(0, 1)`.
    public init(limit: Double, lengths: [Int] = [20, 50, 100, 200]) throws(EstimateError) {
        windows = try Self.windows(limit, lengths)
        self.lengths = lengths
        most = max(windows.map(\.length).max() ?? 0, lengths.max() ?? 0)
        keys.reserveCapacity(most + 1)
        failures.reserveCapacity(most + 1)
    }

    /// Holds the senders against another limit from here on; one outside `(0, 1)` changes nothing.
    mutating func hold(limit: Double) {
        if let windows = try? Self.windows(limit, lengths) { self.windows = windows }
    }

    private static func windows(_ limit: Double, _ lengths: [Int]) throws(EstimateError) -> [Window] {
        var windows: [Window] = []
        for length in lengths {
            guard let threshold = try BinomialFuse.threshold(length: length, limit: limit) else { continue }
            windows.append(Window(length: length, threshold: threshold))
        }
        let run = try BinomialFuse.run(limit: limit, level: 1e-7)
        if run <= lengths.max() ?? 0 { windows.append(Window(length: run, threshold: run)) }
        return windows.sorted { $0.length < $1.length }
    }

    /// Takes the newest outcome of a sender.
    /// - Returns: The window that trips.
    public mutating func record(_ key: UInt64, failed: Bool) -> (failures: Int, window: Int)? {
        if let place = keys.lastIndex(of: key) {
            keys.remove(at: place)
            failures.remove(at: place)
        } else if keys.count == most, most > 0 {
            keys.removeFirst()
            failures.removeFirst()
        }
        keys.append(key)
        failures.append(failed)
        guard failed else { return nil }
        var count = 0
        var next = 0
        for back in 1...failures.count {
            if failures[failures.count - back] { count += 1 }
            while next < windows.count, back == min(windows[next].length, failures.count) {
                if count >= windows[next].threshold { return (count, windows[next].length) }
                next += 1
            }
        }
        return nil
    }
}
