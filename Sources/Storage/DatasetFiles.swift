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
        /// The number of the first row that stands in this file or a later one.
        let firstRow: Int
        /// Held open while there are few files; else -1, and opened for each row.
        let descriptor: Int32
    }

    public let digest: ContentDigest
    /// The version that rows name, where all that name one agree.
    public let version: String?
    public let problems: [DatasetProblem]
    public let furtherProblems: Int
    /// How each column was understood.
    public let columns: [DatasetColumn]
    private let files: [File]
    private let rows: [Row]
    private let reader: DatasetReader.RowReader

    /// Longest row that is taken: 16 MiB.
    private static let maximumLineBytes = 16 << 20
    /// Files held open at once; a process may usually have 1024.
    private static let maximumOpenFiles = 64

    public var count: Int { rows.count }

    /// The files read, in their order.
    public var paths: [String] { files.map(\.path) }

    /// - Parameter paths: Files of JSON Lines, or folders whose `*.jsonl` files are read in the order of their names.
    /// - Parameter visit: Handed each example as it is read, in their order.
    /// - Throws: a file that cannot be read. What is wrong with rows is in `problems`.
    public init(paths: [String], visit: (Example) -> Void = { _ in }) throws(StoreError) {
        let expanded = try DatasetFiles.expand(paths)
        var reader = DatasetReader(maximumLineBytes: DatasetFiles.maximumLineBytes)
        var rows: [Row] = []
        var files: [File] = []
        var versions = Set<String>()
        do throws(StoreError) {
            for path in expanded {
                let descriptor = try Files.openToRead(path)
                let isHeld = files.count < DatasetFiles.maximumOpenFiles
                files.append(File(path: path, firstRow: rows.count, descriptor: isHeld ? descriptor : -1))
                defer { if !isHeld { Glibc.close(descriptor) } }
                reader.begin(file: path)
                let emit: DatasetReader.Emit = { example, extent in
                    if let version = example.datasetVersion { versions.insert(version) }
                    visit(example)
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
        columns = reader.columns
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
        let descriptor = file.descriptor >= 0 ? file.descriptor : try Files.openToRead(file.path)
        defer { if file.descriptor < 0 { Glibc.close(descriptor) } }
        let count = Int(row.count)
        let found = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, count)) {
            buffer -> Example? in
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
            return reader.example(row: bytes, file: file.path, line: Int(row.line))
        }
        guard let found else {
            throw StoreError(
                .damaged,
                "\(file.path):\(row.line) changed while the run went on: its answers would belong to no one "
                    + "data set; let the file be and run again")
        }
        return found
    }

    private func file(of index: Int) -> File {
        var low = 0
        var high = files.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if files[middle].firstRow <= index { low = middle } else { high = middle - 1 }
        }
        return files[low]
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
