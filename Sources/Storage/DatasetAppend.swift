import Domain
import Interchange

/// Adds rows to a file of a data set: all of them or none, one process at a time, and only rows that can be read.
public enum DatasetAppend {
    /// Adds rows at the end of a file, which is made where it is missing.
    ///
    /// What stands in the file already is kept byte for byte; a last row without a line feed gets one.
    ///
    /// - Parameters:
    ///   - rows: JSON objects on one line each, without line feeds.
    ///   - others: The set's further files, whose ids must not come again.
    /// - Returns: The examples that were added.
    /// - Throws: `damaged` where a row is no example or its id, or all it says, stands in the set already: with what is
    ///   wrong, and nothing is added; `busy` as ``GuardedFile``.
    public static func append(
        _ rows: [[UInt8]], to path: String, others: [String] = []
    ) throws -> [Example] {
        var added: [Example] = []
        try GuardedFile.update(path, what: "the data set's file \(path)") { old in
            var bytes = old ?? []
            if let last = bytes.last, last != 0x0A { bytes.append(0x0A) }
            let known = try ids(bytes, path, others)
            added = []
            var seen = Set<String>()
            for row in rows {
                let example = try example(row, path)
                guard !known.contains(example.id), seen.insert(example.id).inserted else {
                    throw StoreError(
                        .damaged,
                        "\(path): the id '\(example.id)' is in the data set already; nothing was added")
                }
                added.append(example)
                bytes += row + [0x0A]
            }
            return rows.isEmpty ? old : bytes
        }
        return added
    }

    private static func ids(_ bytes: [UInt8], _ path: String, _ others: [String]) throws -> Set<String> {
        var ids = Set<String>()
        var reader = DatasetReader(maximumProblems: 1)
        reader.begin(file: path)
        reader.feed(bytes) { example, _ in ids.insert(example.id) }
        reader.endFile { example, _ in ids.insert(example.id) }
        if !others.isEmpty { _ = try DatasetFiles(paths: others) { ids.insert($0.id) } }
        return ids
    }

    private static func example(_ row: [UInt8], _ path: String) throws(StoreError) -> Example {
        let (examples, reader) = DatasetReader.read([(name: "the new row", bytes: row)])
        if let problem = reader.problems.first(where: { $0.severity == .error }) {
            throw StoreError(.damaged, "\(path): nothing was added: \(problem.cause); \(problem.mend)")
        }
        guard examples.count == 1, let example = examples.first else {
            throw StoreError(.damaged, "\(path): nothing was added: a row is one JSON object on one line")
        }
        return example
    }
}
