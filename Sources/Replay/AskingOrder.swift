import Statistics

/// In which order those that stand side by side are asked, example by example.
///
/// Rows of data sets alternate (a language, a kind), and what is asked first pays for what it warms: an order that
/// follows the rows' numbers would hand all dear first places of one kind to one side. So the order is drawn. In a block
/// of examples each side has each place equally often, and which example has which order is a pure function of the seed
/// and the example's number: tasks, earlier answers and resuming change nothing.
///
/// Cyclic Latin squares with rows and names drawn. R. A. Fisher, The Design of Experiments (1935), chapter V.
struct AskingOrder: Sendable {
    private let seed: UInt64
    private let count: Int
    /// Squares in a block: of two sides one alone would leave half of the second example's order told by the first.
    private let squares: Int

    /// - Parameter count: How many are asked.
    init(seed: UInt64, count: Int) {
        // Apart from the streams of resampling, which take the seed as it is.
        self.seed = seed ^ 0x6F72_6465_7220_6F66
        self.count = count
        squares = count == 2 ? 2 : 1
    }

    /// Examples in whose run each has each place equally often.
    var block: Int { max(1, count * squares) }

    /// The numbers from 0 up, in the order in which they are asked; `repetition` moves it on by one.
    ///
    /// O(count) words.
    func places(_ example: Int, repetition: Int = 0) -> [Int] {
        guard count > 1 else { return Array(0..<max(0, count)) }
        var stream = RandomStream(seed: seed, stream: UInt64(example / block))
        var names = Array(0..<count)
        stream.permute(&names)
        var shifts = (0..<block).map { $0 % count }
        stream.permute(&shifts)
        let shift = (shifts[example % block] + repetition) % count
        return (0..<count).map { names[($0 + shift) % count] }
    }
}
