/// The table of floors in ARCHITECTURE.md: the layout as people agreed on it.
struct FloorTable {
    enum Kind: String, CaseIterable {
        /// No I/O, no clock, no randomness of its own.
        case pure
        case useCase = "use-case"
        case engine, adapter, command, example, door
    }

    struct Room {
        let name: String
        /// Nil for doors, which stand under every floor.
        let floor: Int?
        let kind: Kind
        /// Modules beside the rooms on lower floors: doors, and what the toolchain brings.
        let besides: [String]
        let line: Int
    }

    static let head = ["floor", "room", "kind", "imports besides", "what lives there"]

    let file: String
    let rooms: [Room]
    let problems: [Finding]

    init(file: String, text: String) {
        var rooms: [Room] = []
        var problems: [Finding] = []
        var isInside = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let cells = Self.cells(line)
            guard !cells.isEmpty else {
                isInside = false
                continue
            }
            if cells == Self.head {
                isInside = true
                continue
            }
            guard isInside, !cells.allSatisfy({ $0.allSatisfy { "-: ".contains($0) } }) else { continue }
            func problem(_ message: String) {
                problems.append(Finding(file: file, line: index + 1, message: message))
            }
            guard cells.count == Self.head.count else {
                problem("a row of the table of floors has \(cells.count) cells, not \(Self.head.count)")
                continue
            }
            let names = Self.names(cells[1])
            if names.isEmpty { problem("a row of the table of floors names no `room`") }
            guard let kind = Kind(rawValue: cells[2]) else {
                let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
                problem("'\(cells[2])' is no kind of room; there are \(known)")
                continue
            }
            let floor = Int(cells[0])
            if (floor == nil) != (kind == .door) {
                problem("'\(cells[0])' is no floor of a room of kind \(kind.rawValue)")
            }
            for name in names {
                if rooms.contains(where: { $0.name == name }) {
                    problem("room '\(name)' stands twice in the table")
                }
                let besides = Self.names(cells[3])
                rooms.append(Room(name: name, floor: floor, kind: kind, besides: besides, line: index + 1))
            }
        }
        if rooms.isEmpty {
            problems.append(
                Finding(file: file, line: 1, message: "no table headed \(Self.head) with rooms in it"))
        }
        self.file = file
        self.rooms = rooms
        self.problems = problems
    }

    subscript(name: String) -> Room? { rooms.first { $0.name == name } }

    /// The cells of a row; none where the line is no row of a table.
    private static func cells(_ line: Substring) -> [String] {
        guard line.hasPrefix("|"), line.hasSuffix("|"), line.count > 1 else { return [] }
        return line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map {
            cell in
            String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// What stands between backticks.
    private static func names(_ cell: String) -> [String] {
        let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 }.map { String(parts[$0]) }
    }
}
