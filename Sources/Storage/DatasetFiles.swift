import Digest
import Domain
import Glibc
import Interchange

/// A data set on disk: read whole once to check it and to note where each row stands; rows are read again when asked.
///
/// Memory: 24 bytes a row. Many tasks may read at once.
public final class DatasetFiles: ExampleSource {
    private struct Row: Sendable {
        let offset: Int
        let fingerprint: UInt64
        let count: Int32
        let line: Int32
    }

    private struct File: Sendable {
        let path: String
        /// How messages and places call it.
        let name: String
        /// The number of the first row that stands in this file or a later one.
        let firstRow: Int
        /// Held open while there are few files; else -1, and opened for each row.
        let descriptor: Int32
    }

    /// A file to read, and what it is called.
    public struct Source: Sendable {
        public let path: String
        public let name: String

        public init(path: String, name: String) {
            self.path = path
            self.name = name
        }
    }

    public let digest: ContentDigest
    /// The version that rows name, where all that name one agree.
    public let version: String?
    public let problems: [DatasetProblem]
    public let furtherProblems: Int
    /// Errors among those.
    public let furtherErrors: Int
    /// How each column was understood.
    public let columns: [DatasetColumn]
    /// Examples that are asked no more; they have no number, and are not in `count`.
    public let retired: [DatasetReader.RetiredRow]
    private let files: [File]
    private let rows: [Row]
    private let reader: DatasetReader.RowReader

    /// Longest row that is taken: 16 MiB.
    static let maximumLineBytes = 16 << 20
    /// Files held open at once; a process may usually have 1024.
    static let maximumOpenFiles = 64

    public var count: Int { rows.count }

    /// The files read, in their order, as they are called.
    public var paths: [String] { files.map(\.name) }

    /// - Parameter paths: Files of JSON Lines, or folders whose `*.jsonl` files are read in the order of their names.
    /// - Parameter visit: Handed each example as it is read, in their order.
    /// - Throws: a file that cannot be read. What is wrong with rows is in `problems`.
    public convenience init(paths: [String], visit: (Example) -> Void = { _ in }) throws(StoreError) {
        let sources = try DatasetFiles.sources(paths)
        try self.init(sources: sources) { example, _ in visit(example) }
    }

    /// - Parameters:
    ///   - sources: The files, in their order.
    ///   - visit: Handed each example as it is read, with its place in the bytes.
    /// - Throws: a file that cannot be read. What is wrong with rows is in `problems`.
    public init(sources: [Source], visit: DatasetReader.Emit) throws(StoreError) {
        var reader = DatasetReader(maximumLineBytes: DatasetFiles.maximumLineBytes)
        var rows: [Row] = []
        var files: [File] = []
        var versions = Set<String>()
        do throws(StoreError) {
            for source in sources {
                let path = source.path
                let descriptor = try Files.openToRead(path)
                let isHeld = files.count < DatasetFiles.maximumOpenFiles
                files.append(
                    File(
                        path: path, name: source.name, firstRow: rows.count,
                        descriptor: isHeld ? descriptor : -1))
                defer { if !isHeld { Glibc.close(descriptor) } }
                reader.begin(file: source.name)
                let emit: DatasetReader.Emit = { example, extent in
                    if let version = example.datasetVersion { versions.insert(version) }
                    visit(example, extent)
                    rows.append(
                        Row(
                            offset: extent.offset, fingerprint: extent.fingerprint,
                            count: Int32(extent.count),
                            line: Int32(clamping: example.place.line)))
                }
                try DatasetFiles.feed(descriptor, path, &reader, emit)
                reader.endFile(emit)
            }
        } catch {
            DatasetFiles.close(files)
            throw error
        }
        reader.finish()
        self.files = files
        self.rows = rows
        digest = reader.digest.value
        version = versions.count == 1 ? versions.first : nil
        problems = reader.problems
        self.reader = reader.rowReader
        furtherProblems = reader.furtherProblems
        furtherErrors = reader.furtherErrors
        columns = reader.columns
        retired = reader.retired
    }

    deinit { DatasetFiles.close(files) }

    private static func close(_ files: [File]) {
        for file in files where file.descriptor >= 0 { Glibc.close(file.descriptor) }
    }

    /// The example of a row, read again.
    ///
    /// - Throws: `damaged` where the row's bytes are no longer what was checked and digested at the beginning.
    public func example(_ index: Int) throws(StoreError) -> Example {
        let row = rows[index]
        let file = self.file(of: index)
        let found = try read(row, file) { bytes in
            reader.example(row: bytes, file: file.name, line: Int(row.line))
        }
        guard let found else { throw DatasetFiles.changed(file.name, Int(row.line)) }
        return found
    }

    /// Hands on every example again, as `visit` had them when the set was read.
    public func forEachExample(_ visit: DatasetReader.Emit) throws(StoreError) {
        for index in rows.indices {
            let example = try example(index)
            let row = rows[index]
            visit(
                example,
                DatasetReader.RowExtent(
                    offset: row.offset, count: Int(row.count), fingerprint: row.fingerprint,
                    content: DatasetReader.RowContent(of: example)))
        }
    }

    /// Reads a row's bytes again; nil where they are no longer the same, or the body says so.
    private func read<T>(
        _ row: Row, _ file: File, _ body: (UnsafeBufferPointer<UInt8>) -> T?
    ) throws(StoreError) -> T? {
        let descriptor = file.descriptor >= 0 ? file.descriptor : try Files.openToRead(file.path)
        defer { if file.descriptor < 0 { Glibc.close(descriptor) } }
        let count = Int(row.count)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, count)) { buffer -> T? in
            var done = 0
            while done < count {
                let got = pread(
                    descriptor, buffer.baseAddress! + done, count - done, off_t(row.offset + done))
                if got < 0, errno == EINTR { continue }
                if got <= 0 { return nil }
                done += got
            }
            let bytes = UnsafeBufferPointer(rebasing: buffer[..<count])
            guard XXHash.xxh3(UnsafeRawBufferPointer(bytes)) == row.fingerprint else { return nil }
            return body(bytes)
        }
    }

    private static func changed(_ file: String, _ line: Int) -> StoreError {
        StoreError(
            .damaged,
            "\(file):\(line) changed while the run went on: its answers would belong to no one data set; "
                + "let the file be and run again")
    }

    /// A row as it stands in its file.
    public struct RawRow: Sendable {
        /// The file's place among `paths`.
        public let file: Int
        /// From 1.
        public let line: Int
        /// Of its bytes in the file.
        public let offset: Int
        public let bytes: [UInt8]
        /// The example's number; nil where it is retired.
        public let number: Int?
    }

    /// Where an example stands: the file's place among `paths`, and its line.
    public func place(_ index: Int) -> (file: Int, line: Int) {
        (fileNumber(of: index), Int(rows[index].line))
    }

    /// The bytes of a row.
    ///
    /// - Throws: `damaged` where they are no longer what was read at the beginning.
    public func row(_ index: Int) throws(StoreError) -> RawRow {
        try raw(rows[index], fileNumber(of: index), index)
    }

    /// The bytes of a retired row, by its place in `retired`.
    public func retiredRow(_ index: Int) throws(StoreError) -> RawRow {
        let (row, file) = retiredPlace(index)
        return try raw(row, file, nil)
    }

    /// A retired example, read again; nil where its row is not sound.
    public func retiredExample(_ index: Int) throws(StoreError) -> Example? {
        let raw = try retiredRow(index)
        return raw.bytes.withUnsafeBufferPointer {
            reader.example(row: $0, file: files[raw.file].name, line: raw.line)
        }
    }

    /// Hands on every row in the order of the files: examples, and retired ones among them.
    public func forEachRow(_ body: (RawRow) throws(StoreError) -> Void) throws(StoreError) {
        var next = 0
        for index in rows.indices {
            let file = fileNumber(of: index)
            while next < retired.count, retiredOrder(next) < (file, Int(rows[index].line)) {
                try body(try retiredRow(next))
                next += 1
            }
            try body(try row(index))
        }
        while next < retired.count {
            try body(try retiredRow(next))
            next += 1
        }
    }

    private func raw(_ row: Row, _ file: Int, _ number: Int?) throws(StoreError) -> RawRow {
        guard let bytes = try read(row, files[file], { Array($0) }) else {
            throw DatasetFiles.changed(files[file].name, Int(row.line))
        }
        return RawRow(
            file: file, line: Int(row.line), offset: row.offset, bytes: bytes, number: number)
    }

    private func retiredPlace(_ index: Int) -> (row: Row, file: Int) {
        let found = retired[index]
        let row = Row(
            offset: found.extent.offset, fingerprint: found.extent.fingerprint,
            count: Int32(found.extent.count), line: Int32(clamping: found.place.line))
        return (row, found.fileNumber)
    }

    private func retiredOrder(_ index: Int) -> (Int, Int) {
        (retired[index].fileNumber, retired[index].place.line)
    }

    private func file(of index: Int) -> File { files[fileNumber(of: index)] }

    private func fileNumber(of index: Int) -> Int {
        var low = 0
        var high = files.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if files[middle].firstRow <= index { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The files that some paths stand for, in the order in which they are read.
    public static func sources(_ paths: [String]) throws(StoreError) -> [Source] {
        try expand(paths).map { Source(path: $0, name: $0) }
    }

    private static func expand(_ paths: [String]) throws(StoreError) -> [String] {
        var files: [String] = []
        for path in paths {
            guard Files.isFolder(path) else {
                files.append(path)
                continue
            }
            let folder = path.hasSuffix("/") ? path : path + "/"
            // What begins with a dot is an editor's or a system's, not the user's.
            let found = try Files.list(path).filter { $0.hasSuffix(".jsonl") && !$0.hasPrefix(".") }
            if found.isEmpty {
                throw StoreError(
                    .missing,
                    "\(path) holds no .jsonl file; put the data set's rows there, one JSON object a line")
            }
            files += found.map { folder + $0 }
        }
        return files
    }

    private static func feed(
        _ descriptor: Int32, _ path: String, _ reader: inout DatasetReader, _ emit: DatasetReader.Emit
    ) throws(StoreError) {
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = try Files.read(descriptor, path, into: &chunk)
            if got == 0 { return }
            chunk.withUnsafeBufferPointer { reader.feed(UnsafeBufferPointer(rebasing: $0[..<got]), emit) }
        }
    }
}
