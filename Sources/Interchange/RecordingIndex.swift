import Digest
import Domain
import Notation

/// Where each answer of a recording stands: built from the file's bytes in chunks, about 150 bytes an answer
/// at its peak.
///
/// A recording is JSON Lines of Sluice's own observations, or of rows with an id (any name of
/// ``DatasetField/id``, or `example`) and the answer's fields. A row's repeat is its `repeat` or
/// `repetition`; without one, rows of one id are its repeats in their order.
public struct RecordingIndex: Sendable {
    /// Where a row's bytes stand.
    public struct Extent: Sendable, Hashable {
        public let offset: Int
        public let count: Int
        public let line: Int
    }

    private struct Key: Hashable {
        let id: UInt64
        let repetition: Int32
        /// 0: the row names no arm.
        let arm: UInt8
    }

    /// Rows that cannot be read, in the file's order; at most 100.
    public private(set) var problems: [DatasetProblem] = []
    public private(set) var furtherProblems = 0
    /// Rows that can be answered from.
    public var count: Int { rows.count }

    private let file: String
    private var cutter: LineCutter
    private var rows: [Key: Extent] = [:]
    private var repeatsSeen: [UInt64: Int32] = [:]
    private var arms: Set<UInt8> = []

    public init(file: String, maximumLineBytes: Int) {
        self.file = file
        cutter = LineCutter(limit: maximumLineBytes)
    }

    public mutating func feed(_ chunk: UnsafeBufferPointer<UInt8>) {
        var cutter = self.cutter
        cutter.feed(chunk) { take($0) }
        self.cutter = cutter
    }

    public mutating func finish() {
        var cutter = self.cutter
        cutter.finish { take($0) }
        self.cutter = cutter
        repeatsSeen = [:]
    }

    /// The row that answers for an example, or nil. Where the file names arms but not this one, and only one
    /// arm at all, its rows answer for either.
    public func extent(example: String, repetition: Int, arm: Arm) -> Extent? {
        let id = XXHash.xxh3(example)
        let wanted = Self.code(arm)
        let candidates = [wanted, 0] + (arms.count == 1 ? arms.sorted() : [])
        for arm in candidates {
            if let extent = rows[Key(id: id, repetition: Int32(clamping: repetition), arm: arm)] {
                return extent
            }
        }
        return nil
    }

    private static func code(_ arm: Arm) -> UInt8 { arm == .baseline ? 1 : 2 }

    private mutating func take(_ piece: LineCutter.Piece) {
        switch piece {
        case .tooLong(let line):
            tell(line, "the line is longer than limits.answer_size allows", "raise limits.answer_size")
        case .line(let line, let offset, let bytes):
            if bytes.allSatisfy({ $0 <= 0x20 }) { return }
            let value: JSONValue
            do throws(JSONError) { value = try JSONValue.parse(bytes, limits: ObservationCodec.limits) } catch
            {
                tell(line, "\(error.cause) (column \(error.mark.column))", "mend the JSON of this line")
                return
            }
            takeRow(value, Extent(offset: offset, count: bytes.count, line: line))
        }
    }

    private mutating func takeRow(_ value: JSONValue, _ extent: Extent) {
        guard let name = Self.id(of: value) else {
            tell(extent.line, "the row has no id", "add \"id\": the query_id of the example that it answers")
            return
        }
        let id = XXHash.xxh3(name)
        var arm: UInt8 = 0
        if ObservationCodec.isObservation(value),
            let named = value["arm"]?.stringValue.flatMap({ Arm(rawValue: $0) })
        {
            arm = Self.code(named)
            arms.insert(arm)
        }
        let named = (value["repeat"] ?? value["repetition"])?.intValue
        let repetition = named.map { Int32(clamping: $0) } ?? repeatsSeen[id, default: 0]
        repeatsSeen[id, default: 0] += 1
        let key = Key(id: id, repetition: repetition, arm: arm)
        if let first = rows[key] {
            tell(
                extent.line, "the row answers for the same example and repeat as line \(first.line)",
                "keep one of them")
            return
        }
        rows[key] = extent
    }

    static func id(of row: JSONValue) -> String? {
        guard case .object(let object) = row else { return nil }
        for name in ["example", "query_id", "id"] {
            if let id = object[name], let text = scalarText(id), !text.isEmpty { return text }
        }
        for member in object.members where DatasetField(column: member.key) == .id {
            if let text = scalarText(member.value), !text.isEmpty { return text }
        }
        return nil
    }

    private mutating func tell(_ line: Int, _ cause: String, _ mend: String) {
        if problems.count < 100 {
            problems.append(
                DatasetProblem(.warning, at: SourcePlace(file: file, line: line), cause, mend: mend))
        } else {
            furtherProblems += 1
        }
    }
}
