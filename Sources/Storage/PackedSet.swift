import Digest
import Domain
import Glibc
import Interchange

/// A data set packed whole: its rows byte for byte, each with the file and line it stood at.
enum PackedSet {
    /// A packed file that unpacks to more is refused, whatever it says of itself.
    private static let maximumUnpackedBytes = 16 << 30

    /// Packs a set; the file appears whole or not at all.
    ///
    /// - Throws: `damaged` where a row is no longer what was read; what the disk throws.
    static func write(_ set: DatasetFiles, to path: String, level: Int32) throws(StoreError) {
        // The last line of each file has to be known before the first is written.
        var lines = [Int](repeating: 0, count: set.paths.count)
        for index in 0..<set.count {
            let place = set.place(index)
            lines[place.file] = max(lines[place.file], place.line)
        }
        for row in set.retired { lines[row.fileNumber] = max(lines[row.fileNumber], row.place.line) }
        let head = PackedSetHead(
            digest: set.digest.description,
            files: zip(set.paths, lines).map { PackedSetHead.File(name: $0, lines: $1) })
        try Files.replace(path) { descriptor, path in
            let packer = try Zstandard.Packer(into: descriptor, path, level: level)
            func feed(_ bytes: [UInt8]) throws(StoreError) {
                do { try bytes.withUnsafeBytes { try packer.feed($0, endsLine: true) } } catch {
                    throw Files.storeError(error)
                }
            }
            try feed(head.line)
            var file = 0
            var line = 0
            func blank(upTo wanted: Int) throws(StoreError) {
                guard wanted > line else { return }
                try feed([UInt8](repeating: 0x0A, count: wanted - line))
                line = wanted
            }
            try set.forEachRow { (row) throws(StoreError) in
                while file < row.file {
                    try blank(upTo: lines[file])
                    (file, line) = (file + 1, 0)
                }
                try blank(upTo: row.line - 1)
                try feed(row.bytes + [0x0A])
                line = row.line
            }
            try packer.finish()
        }
    }

    /// Unpacks a set and reads it, under the names that its files had.
    ///
    /// - Parameters:
    ///   - scratch: A folder for the unpacked files; they have no name any more when this returns.
    ///   - digest: What the set must have.
    /// - Throws: `damaged` where the file is not what was packed.
    static func open(
        _ path: String, digest: String, scratch: String, visit: DatasetReader.Emit
    ) throws(StoreError) -> DatasetFiles {
        try Files.makeFolder(scratch)
        let input = try Files.openToRead(path)
        defer { close(input) }
        var unpacking = Unpacking(folder: scratch, path: path)
        defer { unpacking.remove() }
        var total = 0
        do {
            try Zstandard.read(
                input, path,
                { bytes in
                    total += bytes.count
                    guard total <= maximumUnpackedBytes else { throw damaged(path, "it unpacks without end") }
                    try unpacking.feed(bytes)
                }, damage: { throw damaged(path, $0) })
            try unpacking.finish()
        } catch {
            throw Files.storeError(error)
        }
        let set = try DatasetFiles(sources: unpacking.sources, visit: visit)
        guard set.digest.description == digest else {
            throw damaged(path, "its rows have another digest than \(digest)")
        }
        return set
    }

    fileprivate static func damaged(_ path: String, _ words: String) -> StoreError {
        StoreError(.damaged, "\(path) is damaged (\(words)); take it from version control or a backup")
    }
}

/// Lines on their way to the files that they came from.
private struct Unpacking {
    let folder: String
    let path: String
    private(set) var sources: [DatasetFiles.Source] = []
    private var splitter = LineSplitter()
    private var head: PackedSetHead?
    private var file = -1
    private var left = 0
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []

    init(folder: String, path: String) {
        self.folder = folder
        self.path = path
    }

    mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        var splitter = self.splitter
        defer { self.splitter = splitter }
        try splitter.feed(bytes) { try take($0) }
    }

    private mutating func take(_ line: UnsafeBufferPointer<UInt8>) throws(StoreError) {
        guard head != nil else {
            guard let head = PackedSetHead(line: Array(line)) else {
                throw PackedSet.damaged(path, "it does not begin as a packed data set does")
            }
            self.head = head
            // More files than may be held open cannot lose their names: they become one.
            let isMany = head.files.count > DatasetFiles.maximumOpenFiles
            let whole = PackedSetHead.File(
                name: head.files.first?.name ?? path, lines: head.files.reduce(0) { $0 + $1.lines })
            self.head = PackedSetHead(digest: head.digest, files: isMany ? [whole] : head.files)
            try next()
            return
        }
        while left == 0 { try next() }
        buffer.append(contentsOf: line)
        buffer.append(0x0A)
        left -= 1
        if buffer.count >= 1 << 18 { try flush() }
    }

    /// Goes on to the next file.
    private mutating func next() throws(StoreError) {
        try flush()
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        file += 1
        guard let head, file < head.files.count else {
            if file == 0 { return }
            throw PackedSet.damaged(path, "it holds more lines than it says")
        }
        let name = Files.temporary(beside: folder + "/set")
        descriptor = Glibc.open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.error("write", name) }
        sources.append(DatasetFiles.Source(path: name, name: head.files[file].name))
        left = head.files[file].lines
    }

    private mutating func flush() throws(StoreError) {
        guard descriptor >= 0, !buffer.isEmpty else { return }
        do {
            try buffer.withUnsafeBytes { try Files.writeAll(descriptor, $0, folder) }
        } catch {
            throw Files.storeError(error)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    mutating func finish() throws(StoreError) {
        guard let head else { throw PackedSet.damaged(path, "it is empty") }
        while file < head.files.count, left == 0, file + 1 < head.files.count { try next() }
        try flush()
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        guard left == 0, file + 1 >= head.files.count, splitter.dropUnfinished() == 0 else {
            throw PackedSet.damaged(path, "it ends before its last row")
        }
    }

    func remove() {
        if descriptor >= 0 { close(descriptor) }
        for source in sources { unlink(source.path) }
    }
}
