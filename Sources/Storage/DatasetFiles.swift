import Digest
import Domain
import Glibc
import Interchange

/// A data set on disk: read whole once to check it and to note where each row stands; rows are read again when asked.
public final class DatasetFiles: ExampleSource {
    private struct Row: Sendable {
        let file: Int32
        let line: Int32
        let offset: Int
        let count: Int32
    }

    public let paths: [String]
    public let digest: ContentDigest
    /// The version that rows name, where all that name one agree.
    public let version: String?
    public let problems: [DatasetProblem]
    public let furtherProblems: Int
    private let rows: [Row]
    private let descriptors: [Int32]

    public var count: Int { rows.count }

    /// - Parameter paths: Files of JSON Lines, or folders whose `*.jsonl` files are read in the order of their names.
    /// - Throws: a file that cannot be read. What is wrong with rows is in `problems`.
    public init(paths: [String]) throws(StoreError) {
        let files = try DatasetFiles.expand(paths)
        var reader = DatasetReader(maximumLineBytes: 64 << 20)
        var rows: [Row] = []
        var descriptors: [Int32] = []
        var versions = Set<String>()
        do throws(StoreError) {
            for (number, path) in files.enumerated() {
                let descriptor = open(path, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0 else { throw Files.error("read", path) }
                descriptors.append(descriptor)
                reader.begin(file: path)
                let emit: DatasetReader.Emit = { example, extent in
                    if let version = example.datasetVersion { versions.insert(version) }
                    rows.append(
                        Row(
                            file: Int32(number), line: Int32(example.place.line), offset: extent.offset,
                            count: Int32(extent.count)))
                }
                try DatasetFiles.feed(descriptor, path, &reader, emit)
                reader.endFile(emit)
            }
        } catch {
            for descriptor in descriptors { close(descriptor) }
            throw error
        }
        reader.finish()
        self.paths = files
        self.rows = rows
        self.descriptors = descriptors
        digest = reader.digest.value
        version = versions.count == 1 ? versions.first : nil
        problems = reader.problems
        furtherProblems = reader.furtherProblems
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    public func example(_ index: Int) throws(StoreError) -> Example {
        let row = rows[index]
        let path = paths[Int(row.file)]
        let descriptor = descriptors[Int(row.file)]
        let found = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, Int(row.count))) { buffer -> Example? in
            var done = 0
            while done < Int(row.count) {
                let got = pread(
                    descriptor, buffer.baseAddress! + done, Int(row.count) - done, off_t(row.offset + done))
                if got <= 0 { return nil }
                done += got
            }
            let bytes = UnsafeBufferPointer(rebasing: buffer[..<Int(row.count)])
            return DatasetReader.example(row: bytes, file: path, line: Int(row.line))
        }
        guard let found else {
            throw StoreError(.damaged, "\(path):\(row.line) changed while the run went on; run again")
        }
        return found
    }

    private static func expand(_ paths: [String]) throws(StoreError) -> [String] {
        var files: [String] = []
        for path in paths {
            guard Files.isFolder(path) else {
                files.append(path)
                continue
            }
            let folder = path.hasSuffix("/") ? path : path + "/"
            let found = try Files.list(path).filter { $0.hasSuffix(".jsonl") }
            if found.isEmpty {
                throw StoreError(.missing, "\(path) holds no .jsonl file; put the data set's rows there")
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
            let got = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if got < 0 {
                if errno == EINTR { continue }
                throw Files.error("read", path)
            }
            if got == 0 { return }
            chunk.withUnsafeBufferPointer { reader.feed(UnsafeBufferPointer(rebasing: $0[..<got]), emit) }
        }
    }
}
