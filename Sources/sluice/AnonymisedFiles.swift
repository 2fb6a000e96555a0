import Curation
import Domain
import Glibc
import Interchange
import Notation
import Storage

/// Files on their way through the anonymiser.
enum AnonymisedFiles {
    struct Item {
        let input: String
        /// Nil: only looked at.
        let output: String?
        var isTable: Bool { input.lowercased().hasSuffix(".csv") }
    }

    /// The files that are named or lie in the folders named, and where each goes.
    static func list(_ paths: [String], output: String?) throws -> [Item] {
        var inputs: [(path: String, name: String)] = []
        for path in paths {
            guard isFolder(path) else {
                let name = path.split(separator: "/").last.map(String.init) ?? path
                inputs.append((path, name))
                continue
            }
            let names = try InputFile.names(in: path).filter { name in
                !name.hasPrefix(".") && [".jsonl", ".csv"].contains { name.lowercased().hasSuffix($0) }
            }
            guard !names.isEmpty else {
                throw StoreError(.missing, "\(path) holds no .jsonl and no .csv file; name the files")
            }
            let folder = path.hasSuffix("/") ? path : path + "/"
            inputs += names.map { (folder + $0, $0) }
        }
        guard let output else { return inputs.map { Item(input: $0.path, output: nil) } }
        let isFile = paths.count == 1 && !isFolder(paths[0]) && !isFolder(output) && !output.hasSuffix("/")
        var items: [Item] = []
        for input in inputs {
            let target = isFile ? output : (output.hasSuffix("/") ? output : output + "/") + input.name
            guard !isSame(input.path, target) else {
                throw Arguments.Problem(
                    message:
                        "'\(target)' is what is read: name another place, and keep or remove the original yourself",
                    hint: nil)
            }
            guard !items.contains(where: { $0.output == target }) else {
                throw Arguments.Problem(message: "two files would be written to '\(target)'", hint: nil)
            }
            items.append(Item(input: input.path, output: target))
        }
        return items
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func isSame(_ path: String, _ other: String) -> Bool {
        var one = stat()
        var two = stat()
        guard stat(path, &one) == 0, stat(other, &two) == 0 else { return false }
        return one.st_ino == two.st_ino && one.st_dev == two.st_dev
    }

    /// Reads a file through and writes it on where it is to be written.
    ///
    /// - Throws: Status 65 after everything that cannot be read was told: then nothing is written.
    static func pass(
        _ file: Item, _ anonymiser: inout Anonymiser, _ staged: StagedFiles, _ console: Console
    ) throws {
        let problems =
            file.isTable
            ? try table(file, &anonymiser, staged) : try lines(file, &anonymiser, staged)
        guard !problems.isEmpty else { return }
        for problem in problems.prefix(20) { console.error(problem.description) }
        if problems.count > 20 { console.error("and \(problems.count - 20) more") }
        let rest = file.output == nil ? "" : "; nothing was written"
        console.error("sluice: what cannot be read cannot be searched\(rest)")
        throw PolicyFile.Shown(status: ExitStatus.badInput)
    }

    private static func lines(
        _ file: Item, _ anonymiser: inout Anonymiser, _ staged: StagedFiles
    ) throws -> [DatasetProblem] {
        var problems: [DatasetProblem] = []
        var failure: (any Error)?
        func take(_ line: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
            guard failure == nil else { return }
            do throws(JSONError) {
                let value = try JSONValue.parse(bytes)
                let id = value.objectValue.flatMap(Self.id)
                do throws(Anonymiser.Problem) {
                    let new = try anonymiser.row(bytes, id: id, file: file.input, line: line)
                    guard file.output != nil else { return }
                    do throws(StoreError) {
                        if let new { try staged.append(new) } else { try staged.append(bytes) }
                        try staged.append([0x0A])
                    } catch { failure = error }
                } catch { problems.append(tooLong(file.input, line, error)) }
            } catch {
                problems.append(
                    DatasetProblem(
                        at: SourcePlace(file: file.input, line: line, column: error.mark.column), error.cause,
                        mend: "write a row a line, as JSON, or name a .csv file"))
            }
        }
        try InputFile.lines(file.input, take)
        if let failure { throw failure }
        return problems
    }

    private static func tooLong(_ file: String, _ line: Int, _ problem: Anonymiser.Problem) -> DatasetProblem
    {
        DatasetProblem(
            at: SourcePlace(file: file, line: line),
            "the text at \(problem.pointer) takes too long to search",
            mend: "shorten it, or name the place with --keep")
    }

    private static func id(_ row: JSONObject) -> String? {
        for member in row.members where DatasetField(column: member.key) == .id {
            switch member.value {
            case .string(let text): return text
            case .integer(let number): return String(number)
            default: continue
            }
        }
        return nil
    }

    private static func table(
        _ file: Item, _ anonymiser: inout Anonymiser, _ staged: StagedFiles
    ) throws -> [DatasetProblem] {
        let bytes = try InputFile.read(file.input)
        let rows: [[CSVCell]]
        do throws(CSVError) { rows = try CSVReader.rows(bytes) } catch {
            let place = SourcePlace(file: file.input, line: error.line, column: error.column)
            return [DatasetProblem(at: place, error.cause, mend: error.mend)]
        }
        let separator = CSVReader.separator(of: bytes)
        let firstEnd = bytes.firstIndex(of: 0x0A) ?? 0
        let end: [UInt8] = firstEnd > 0 && bytes[firstEnd - 1] == 0x0D ? [0x0D, 0x0A] : [0x0A]
        var problems: [DatasetProblem] = []
        let columns = rows.first?.map(\.text) ?? []
        let place = columns.firstIndex { DatasetField(column: $0) == .id }
        for (number, row) in rows.enumerated() {
            var cells = row.map(\.text)
            do throws(Anonymiser.Problem) {
                if number == 0 {
                    try anonymiser.header(columns, file: file.input, line: row[0].line)
                } else {
                    let id = place.flatMap { cells.indices.contains($0) ? cells[$0] : nil }
                    _ = try anonymiser.row(
                        &cells, columns: columns, id: id, file: file.input, line: row[0].line)
                }
            } catch { problems.append(tooLong(file.input, row[0].line, error)) }
            guard file.output != nil else { continue }
            var line: [UInt8] = []
            for (index, cell) in cells.enumerated() {
                if index > 0 { line.append(separator) }
                line += quoted(cell, separator, always: row[index].isQuoted)
            }
            try staged.append(line + end)
        }
        return problems
    }

    private static func quoted(_ cell: String, _ separator: UInt8, always: Bool) -> [UInt8] {
        let bytes = Array(cell.utf8)
        let special: Set<UInt8> = [separator, 0x22, 0x0A, 0x0D]
        guard always || bytes.contains(where: special.contains) else { return bytes }
        var out: [UInt8] = [0x22]
        for byte in bytes {
            if byte == 0x22 { out.append(byte) }
            out.append(byte)
        }
        return out + [0x22]
    }
}
