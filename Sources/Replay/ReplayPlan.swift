import Domain

/// What a run asks: which examples, of which arms, how often, within which limits.
public struct ReplayPlan: Sendable {
    public struct Unit: Sendable, Hashable {
        public let example: Int
        public let arm: Arm
        public let repetition: Int

        public init(example: Int, arm: Arm, repetition: Int) {
            self.example = example
            self.arm = arm
            self.repetition = repetition
        }

        /// The order in which what no record orders is taken.
        static func precedes(_ first: Unit, _ second: Unit) -> Bool {
            (first.example, first.arm.rawValue, first.repetition)
                < (second.example, second.arm.rawValue, second.repetition)
        }
    }

    public let runID: String
    public let examples: any ExampleSource
    public let targets: [Arm: any Target]
    public let limits: ReplayLimits
    public let conversation: AppPolicy.Conversation
    /// Example `e` owns rows `starts[e] ..< starts[e + 1]`, one a repeat.
    public let starts: [Int32]
    public let cache: (any ResponseCache)?
    /// Draws which arm is asked first.
    public let seed: UInt64

    public init(
        runID: String, examples: any ExampleSource, targets: [Arm: any Target], limits: ReplayLimits,
        conversation: AppPolicy.Conversation, starts: [Int32], cache: (any ResponseCache)?,
        seed: UInt64
    ) {
        self.runID = runID
        self.examples = examples
        self.targets = targets
        self.limits = limits
        self.conversation = conversation
        self.starts = starts
        self.cache = cache
        self.seed = seed
    }

    public var arms: [Arm] { Arm.allCases.filter { targets[$0] != nil } }

    func row(_ unit: Unit) -> Int { Int(starts[unit.example]) + unit.repetition }

    /// Observations planned in all arms.
    public var planned: Int { Int(starts.last ?? 0) * targets.count }
}

/// Which observations a run has already.
public struct Settled: Sendable {
    private var bits: [Arm: [Bool]]
    private let starts: [Int32]

    public init(starts: [Int32], arms: [Arm]) {
        self.starts = starts
        bits = [:]
        for arm in arms { bits[arm] = Array(repeating: false, count: Int(starts.last ?? 0)) }
    }

    public subscript(unit: ReplayPlan.Unit) -> Bool {
        get { bits[unit.arm]?[Int(starts[unit.example]) + unit.repetition] ?? false }
        set { bits[unit.arm]?[Int(starts[unit.example]) + unit.repetition] = newValue }
    }

    /// The first of an arm's observations that the run has not, in the data set's order.
    func firstOpen(_ arm: Arm) -> ReplayPlan.Unit? {
        guard let row = bits[arm]?.firstIndex(of: false) else { return nil }
        // The last example that starts at or before the row.
        var low = 0
        var high = starts.count - 2
        while low < high {
            let middle = (low + high + 1) / 2
            if Int(starts[middle]) <= row { low = middle } else { high = middle - 1 }
        }
        return ReplayPlan.Unit(example: low, arm: arm, repetition: row - Int(starts[low]))
    }

    public var count: Int { bits.values.reduce(0) { $0 + $1.count { $0 } } }
}

/// How far a run is.
public struct ReplayProgress: Sendable {
    public let done: Int
    public let planned: Int
    public let failed: Int
    public let seconds: Double
    /// Whether it is models that are asked about answers, rather than apps for them.
    public var isMeasuring = false
    /// What is waited for, and how long, in a line for people; nil: nothing new.
    public var waiting: String?

    public init(done: Int, planned: Int, failed: Int, seconds: Double, isMeasuring: Bool = false) {
        self.done = done
        self.planned = planned
        self.failed = failed
        self.seconds = seconds
        self.isMeasuring = isMeasuring
    }
}

/// Why a run ended before it was whole.
public enum ReplayInterruption: Error, Sendable {
    /// It was told to stop.
    case stopped(done: Int, planned: Int)
    /// An arm could not be reached: the sentence says which, and why.
    case unreachable(Arm, String)
    case store(StoreError)
}
