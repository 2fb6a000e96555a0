/// One table of the operating characteristics: what sequences do in the long run, on seeded draws.
///
/// How to add one: write a function that returns sections, in a file of its own, and add it to
/// `CharacteristicCatalogue.sections`. A section is a value; nothing runs until a cell's `trial` is called with the
/// number of a replication. From it come the table in `docs/operating-characteristics.md` and a test: every cell of a
/// row whose assumptions hold must keep its α.
public struct CharacteristicSection: Sendable {
    public let title: String
    /// What is simulated, in a few sentences: the draws, the looks, α, and where each number comes from.
    public let lead: String
    /// What the first column names, and the others.
    public let head: String
    public let columns: [String]
    public let measure: Measure
    public let rows: [CharacteristicRow]

    public enum Measure: Sendable, Hashable {
        /// How often there was an alarm (or whatever the table counts), as a share of replications.
        case share
        /// When it came: median and 90 %, in this unit, over all replications.
        case delay(unit: String)
    }

    public init(
        title: String, lead: String, head: String, columns: [String], measure: Measure = .share,
        rows: [CharacteristicRow]
    ) {
        self.title = title
        self.lead = lead
        self.head = head
        self.columns = columns
        self.measure = measure
        self.rows = rows
    }
}

/// One world or one method, and what it does in each column.
public struct CharacteristicRow: Sendable {
    public let name: String
    public let assumptions: Assumptions
    /// One for each column; nil where the column does not apply.
    public let cells: [CharacteristicCell?]
    /// A published figure, or another remark, as printed.
    public let note: String

    public enum Assumptions: Sendable, Hashable {
        /// Then no cell may exceed its α beyond simulation error.
        case hold
        /// Which one fails; the table says by how much α is exceeded.
        case broken(String)
        /// There is no promise: a peer's rule, or a table of delays.
        case none
    }

    public init(
        _ name: String, _ assumptions: Assumptions = .hold, note: String = "", cells: [CharacteristicCell?]
    ) {
        self.name = name
        self.assumptions = assumptions
        self.note = note
        self.cells = cells
    }
}

/// One number of a table, and how to draw it.
public struct CharacteristicCell: Sendable {
    /// What the share may be at most where the assumptions hold.
    public let alpha: Double
    /// Replications of the published table; tests run a part of them.
    public let replications: Int
    /// From the number of a replication to what happened; pure.
    public let trial: @Sendable (Int) -> CharacteristicTrial

    public init(
        alpha: Double, replications: Int, trial: @escaping @Sendable (Int) -> CharacteristicTrial
    ) {
        self.alpha = alpha
        self.replications = replications
        self.trial = trial
    }
}

/// What one replication did.
public struct CharacteristicTrial: Sendable, Hashable {
    /// When the alarm came, in the unit of the table; nil: it never did.
    public let alarm: Double?

    public static let silent = CharacteristicTrial(alarm: nil)

    public init(alarm: Double?) { self.alarm = alarm }

    public init(_ happened: Bool) { alarm = happened ? 0 : nil }
}

/// What a cell came to.
public struct CharacteristicResult: Sendable {
    public let share: SimulatedShare
    public let median: SimulatedQuantile
    public let ninety: SimulatedQuantile
    public let alpha: Double

    /// - Parameter replications: nil: as many as the cell asks for.
    public static func of(
        _ cell: CharacteristicCell, replications: Int? = nil, workers: Int
    ) async -> CharacteristicResult {
        let trials = await Replications.run(
            replications ?? cell.replications, workers: workers, cell.trial)
        let alarms = trials.map(\.alarm)
        return CharacteristicResult(
            share: SimulatedShare(trials) { $0.alarm != nil }, median: SimulatedQuantile(alarms, 0.5),
            ninety: SimulatedQuantile(alarms, 0.9), alpha: cell.alpha)
    }

    /// Whether α is exceeded beyond simulation error.
    public var exceeds: Bool { share.exceeds(alpha) }
}
