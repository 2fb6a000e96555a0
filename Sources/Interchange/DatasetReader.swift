import Digest
import Domain
import Notation

/// Reads data sets in JSON Lines: examples as they come, and everything that is wrong with its place.
///
/// Rows are read one by one and handed on, so memory holds one row, the ids seen, and at most
/// `maximumProblems` problems. Bytes are UTF-8; a byte-order mark, CRLF and blank lines are allowed; what a
/// column means says ``DatasetField``. A number that no 64-bit number holds is an error, as is a key that a row
/// has twice: either would be read as something else than what stands there. A row without an id gets one from its content, `row-` and 16 digits,
/// which stays the same when rows move. A row that is `retired` is not handed on and checked no further.
///
///     var reader = DatasetReader()
///     reader.begin(file: "golden.jsonl")
///     reader.feed(chunk) { example, extent in … }
///     reader.endFile { example, extent in … }
///     reader.finish()
public struct DatasetReader: Sendable {
    /// Where a row's bytes stand in its file, without its line end.
    public struct RowExtent: Sendable, Hashable {
        public let offset: Int
        public let count: Int
        /// XXH3 of those bytes: whoever reads them again sees whether they are still the same.
        public let fingerprint: UInt64
        /// What the digest of the set says of the row, its id and provenance aside: equal for equal content.
        public let content: RowContent

        public init(offset: Int, count: Int, fingerprint: UInt64, content: RowContent) {
            self.offset = offset
            self.count = count
            self.fingerprint = fingerprint
            self.content = content
        }
    }

    /// The first half of the digest of an example's content.
    public struct RowContent: Sendable, Hashable {
        public let high: UInt64
        public let low: UInt64

        /// That of an example.
        public init(of example: Example) { self.init(RowDigest.digest(of: example)) }

        init(_ digest: ContentDigest) {
            let bytes = digest.bytes
            func word(_ start: Int) -> UInt64 {
                bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
            }
            (high, low) = (word(0), word(8))
        }
    }

    /// A row that is asked no more.
    public struct RetiredRow: Sendable {
        public let id: String
        public let extent: RowExtent
        public let place: SourcePlace
        /// The file's number, from 0, in the order in which they began.
        public let fileNumber: Int
        public let retirement: Retirement
    }

    public typealias Emit = (Example, RowExtent) -> Void

    /// Problems in the order found: rows first, then what is told once a file or set.
    public private(set) var problems: [DatasetProblem] = []
    /// Problems beyond `maximumProblems`, counted and not kept.
    public private(set) var furtherProblems = 0
    /// Errors among those.
    public private(set) var furtherErrors = 0
    public private(set) var errorCount = 0
    /// Examples handed on.
    public private(set) var exampleCount = 0
    /// The digest of what was handed on.
    public private(set) var digest = DatasetDigest()

    /// Rows that are asked no more: not handed on, and not in the digest; their ids stay taken.
    public private(set) var retired: [RetiredRow] = []

    /// How each column of the rows handed on was understood, in the order of their first use.
    public private(set) var columns: [DatasetColumn] = []

    private let limits: JSONLimits
    private let maximumLineBytes: Int
    private let maximumProblems: Int
    private var file = ""
    private var files = 0
    private var cutter: LineCutter
    private var names = ColumnNames()
    private var toldColumns: Set<String> = []
    /// A column's place in `columns`.
    private var columnPlaces: [String: Int] = [:]
    /// Hash of an id → where it was first seen.
    private var seen: [Int: Seen] = [:]
    private var fileNames: [String] = []
    private var isGivenUp = false

    private struct Seen {
        let file: Int32
        let line: Int32
        var isRetired = false
    }

    /// - Parameters:
    ///   - maximumLineBytes: The longest row; 16 MiB by default. A longer one is an error, the next is read.
    public init(maximumLineBytes: Int = 16 << 20, maximumProblems: Int = 1000, depth: Int = 64) {
        self.maximumLineBytes = maximumLineBytes
        self.maximumProblems = maximumProblems
        limits = JSONLimits(
            depth: depth, bytes: maximumLineBytes, refusesRepeatedKeys: true, longNumbers: .refused)
        cutter = LineCutter(limit: maximumLineBytes)
    }

    /// Begins the next file, under the name that messages shall show.
    public mutating func begin(file name: String) {
        file = name
        files += 1
        fileNames.append(name)
        cutter = LineCutter(limit: maximumLineBytes)
        toldColumns = []
        isGivenUp = false
    }

    /// Takes the next bytes of the file; `emit` is called for each example that they complete.
    public mutating func feed(_ chunk: UnsafeBufferPointer<UInt8>, _ emit: Emit) {
        if isGivenUp { return }
        var cutter = self.cutter
        cutter.feed(chunk) { take($0, emit) }
        self.cutter = cutter
    }

    public mutating func feed(_ chunk: [UInt8], _ emit: Emit) {
        chunk.withUnsafeBufferPointer { feed($0, emit) }
    }

    /// Takes one row of a file, without its line end, that stands at a line of the caller's: where rows come from a
    /// table, a row may be several lines of it.
    public mutating func feed(row: [UInt8], line: Int, _ emit: Emit) {
        row.withUnsafeBufferPointer { bytes in
            takeRow(line, 0, bytes, emit)
        }
    }

    /// Ends the file: reads a last row that no line feed ended.
    public mutating func endFile(_ emit: Emit) {
        if isGivenUp { return }
        var cutter = self.cutter
        cutter.finish { take($0, emit) }
        self.cutter = cutter
    }

    /// Ends the set: a set without any example or error is an error itself.
    public mutating func finish() {
        guard exampleCount == 0 && errorCount == 0 else { return }
        let place = SourcePlace(file: fileNames.first ?? "data set", line: 0)
        if !retired.isEmpty {
            return add(
                DatasetProblem(
                    at: place, "every example of the data set is retired",
                    mend: "add others: sluice dataset add"))
        }
        let what = fileNames.count > 1 ? "the \(fileNames.count) files hold no row" : "the file holds no row"
        add(
            DatasetProblem(
                at: place, "the data set is empty: \(what)",
                mend: "add rows such as {\"query_id\": \"Q-1\", \"query\": \"…\"}"))
    }

    /// Reads whole files at once.
    public static func read(
        _ files: [(name: String, bytes: [UInt8])]
    ) -> (examples: [Example], reader: DatasetReader) {
        var reader = DatasetReader()
        var examples: [Example] = []
        for file in files {
            reader.begin(file: file.name)
            reader.feed(file.bytes) { example, _ in examples.append(example) }
            reader.endFile { example, _ in examples.append(example) }
        }
        reader.finish()
        return (examples, reader)
    }

    /// Reads rows again that were handed on before, without a second look at what their columns mean.
    public struct RowReader: Sendable {
        fileprivate let names: ColumnNames

        /// The row as an example again, from its bytes; nil where they are no longer a sound row.
        public func example(row: UnsafeBufferPointer<UInt8>, file: String, line: Int) -> Example? {
            guard case .object(let object)? = try? JSONValue.parse(row, limits: .standard) else { return nil }
            var reader = DatasetRow(file: file, line: line, bytes: row)
            var names = self.names
            guard var example = reader.read(object, names: &names) else { return nil }
            if example.id.isEmpty { example.id = contentID(RowDigest.digest(of: example)) }
            return example
        }
    }

    /// A reader of rows that knows the columns seen so far.
    public var rowReader: RowReader {
        var names = self.names
        names.patterns.isOff = true
        return RowReader(names: names)
    }

    /// Reads again a row that was handed on before, from its bytes; nil where they are no longer a sound row.
    public static func example(row: UnsafeBufferPointer<UInt8>, file: String, line: Int) -> Example? {
        RowReader(names: ColumnNames(findsSlips: false)).example(row: row, file: file, line: line)
    }

    private static func contentID(_ digest: ContentDigest) -> String { "row-" + digest.hex.prefix(16) }

    private mutating func take(_ piece: LineCutter.Piece, _ emit: Emit) {
        if isGivenUp { return }
        switch piece {
        case .tooLong(let line):
            add(
                DatasetProblem(
                    at: place(line), "the line is longer than \(maximumLineBytes >> 20) MiB",
                    mend: "one row holds one example: split it, or move its documents out"))
        case .line(let line, let offset, let bytes):
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
            takeRow(line, offset, bytes, emit)
        }
    }

    private mutating func takeRow(
        _ line: Int, _ offset: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ emit: Emit
    ) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(bytes, limits: limits) } catch {
            tell(error, line, bytes)
            return
        }
        guard case .object(let object) = value else {
            tellNoObject(value, line)
            return
        }
        var row = DatasetRow(file: file, line: line, bytes: bytes)
        let read = row.read(object, names: &names)
        if row.asFarAsRead.retired != nil { return takeRetired(row.asFarAsRead, line, offset, object, bytes) }
        for problem in row.problems { add(problem) }
        for (column, problem) in row.columnProblems
        where toldColumns.count < 200 && toldColumns.insert(column).inserted {
            add(problem)
        }
        guard var example = read else { return }
        let digest = RowDigest.digest(of: example)
        let isUnnamed = example.id.isEmpty
        if isUnnamed { example.id = Self.contentID(digest) }
        guard isFirst(example.id, line, isUnnamed: isUnnamed, object, bytes) else { return }
        self.digest.add(digest, id: example.id)
        exampleCount += 1
        note(object, example)
        let fingerprint = XXHash.xxh3(UnsafeRawBufferPointer(bytes))
        emit(
            example,
            RowExtent(
                offset: offset, count: bytes.count, fingerprint: fingerprint, content: RowContent(digest)))
    }

    private mutating func takeRetired(
        _ example: Example, _ line: Int, _ offset: Int, _ object: JSONObject,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) {
        guard let retirement = example.retired else { return }
        let digest = RowDigest.digest(of: example)
        let id = example.id.isEmpty ? Self.contentID(digest) : example.id
        guard isFirst(id, line, isUnnamed: false, object, bytes, isRetired: true) else { return }
        let fingerprint = XXHash.xxh3(UnsafeRawBufferPointer(bytes))
        let extent = RowExtent(
            offset: offset, count: bytes.count, fingerprint: fingerprint, content: RowContent(digest))
        retired.append(
            RetiredRow(
                id: id, extent: extent, place: place(line), fileNumber: files - 1, retirement: retirement))
    }

    private mutating func note(_ row: JSONObject, _ example: Example) {
        for member in row.members where !member.value.isNull {
            var place = columnPlaces[member.key]
            if place == nil {
                // A hostile file may name a new column in every row.
                if columns.count >= 1000 { continue }
                place = columns.count
                columnPlaces[member.key] = columns.count
                columns.append(DatasetColumn(name: member.key, field: DatasetField(column: member.key)))
            }
            guard let place else { continue }
            columns[place].rows += 1
            if columns[place].field == nil, !columns[place].isSlice {
                columns[place].isSlice = example.columns.contains { $0.name == member.key }
            }
        }
    }

    private mutating func isFirst(
        _ id: String, _ line: Int, isUnnamed: Bool, _ row: JSONObject, _ bytes: UnsafeBufferPointer<UInt8>,
        isRetired: Bool = false
    ) -> Bool {
        var hasher = Hasher()
        var name = id
        name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        let hash = hasher.finalize()
        guard let first = seen[hash] else {
            seen[hash] = Seen(
                file: Int32(files - 1), line: Int32(clamping: line), isRetired: isRetired)
            return true
        }
        let firstFile = fileNames[Int(first.file)]
        let other = (firstFile == file ? "line " : firstFile + ":") + String(first.line)
        let key = row.keys.first { DatasetField(column: $0) == .id }
        let column = key.map { RowLocator.column(of: $0, in: bytes) } ?? 1
        if first.isRetired, !isRetired {
            add(
                DatasetProblem(
                    .error, .duplicateID, at: SourcePlace(file: file, line: line, column: column),
                    "the id '\(shortened(id))' is that of the example retired in \(other), and ids are never "
                        + "used again",
                    mend: "give the new example an id of its own"))
            return false
        }
        let cause =
            isUnnamed
            ? "the row is the same as \(other)" : "the id '\(shortened(id))' is also that of \(other)"
        let mend = isUnnamed ? "drop one of them, or give each an id" : "give each row an id of its own"
        let place = SourcePlace(file: file, line: line, column: column)
        add(DatasetProblem(.error, isUnnamed ? .sameRow : .duplicateID, at: place, cause, mend: mend))
        return false
    }

    private mutating func tell(_ error: JSONError, _ line: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
        // One JSON text over many lines would give an error a line; one message says it better.
        let opens = bytes.first == UInt8(ascii: "[") || bytes.first == UInt8(ascii: "{")
        if line == 1, opens, bytes.count <= 2, case .truncated = error.reason {
            isGivenUp = true
            add(
                DatasetProblem(
                    at: place(1, 1), "the file is one JSON text over many lines, not JSON Lines",
                    mend: bytes[0] == UInt8(ascii: "[")
                        ? "write a row a line: jq -c '.[]' FILE > FILE.jsonl"
                        : "write a row a line: jq -c . FILE > FILE.jsonl"))
            return
        }
        let mend =
            switch error.reason {
            case .invalidUTF8: "save the file as UTF-8"
            case .tooDeep: "flatten the row"
            case .truncated, .unclosedString: "write each row whole, on one line"
            case .longNumber: "write it as a text, in quotes"
            case .repeatedKey: "keep one of the two"
            default: "mend the JSON of this line"
            }
        add(DatasetProblem(at: place(line, error.mark.column), error.cause, mend: mend))
    }

    private mutating func tellNoObject(_ value: JSONValue, _ line: Int) {
        let isWholeFile = line == 1 && value.arrayValue?.first?.objectValue != nil
        add(
            DatasetProblem(
                at: place(line, 1), "the row is \(withArticle(value.typeName)); a row is an object",
                mend: isWholeFile
                    ? "write a row a line: jq -c '.[]' FILE > FILE.jsonl" : "write {\"query\": \"…\", …}"))
    }

    private func place(_ line: Int, _ column: Int = 0) -> SourcePlace {
        SourcePlace(file: file, line: line, column: column)
    }

    private mutating func add(_ problem: DatasetProblem) {
        if problem.severity == .error { errorCount += 1 }
        guard problems.count >= maximumProblems else { return problems.append(problem) }
        furtherProblems += 1
        if problem.severity == .error { furtherErrors += 1 }
    }
}
