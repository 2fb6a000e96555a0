import Curation
import Digest
import Domain
import Interchange
import Notation
import Storage
import Text

/// Changes of a data set's files, held until all are known to be sound; then each file is replaced whole.
final class SetEdits {
    private let files: [String]
    private var held: [EditedFile] = []
    private var splices: [[Splice]]
    private var appended: [[[UInt8]]]

    /// Holds the files: no other Sluice changes them from here on.
    init(files: [String]) throws(StoreError) {
        self.files = files
        splices = [[Splice]](repeating: [], count: files.count)
        appended = [[[UInt8]]](repeating: [], count: files.count)
        for file in files { held.append(try EditedFile(file)) }
    }

    func replace(_ row: DatasetFiles.RawRow, with bytes: [UInt8]) {
        splices[row.file].append(Splice(at: row.offset, count: row.bytes.count, with: bytes))
    }

    /// - Parameter row: A row's bytes, without a line end.
    func append(_ row: [UInt8], to file: String) {
        guard let place = files.firstIndex(of: file) else { return }
        appended[place].append(row)
    }

    /// - Throws: `busy` where somebody else changed a file in the meantime; that one is left as it is.
    func write() throws(StoreError) {
        for place in files.indices where !splices[place].isEmpty || !appended[place].isEmpty {
            try held[place].write(splices[place], appending: appended[place])
        }
    }
}

/// Facts of a set before and after a change.
enum SetFacts {
    static func json(_ set: DatasetFiles?) -> JSONObject {
        var facts = JSONObject()
        guard let set else { return facts }
        facts["digest"] = .string(set.digest.description)
        facts["examples"] = .integer(Int64(set.count))
        facts["retired"] = .integer(Int64(set.retired.count))
        return facts
    }

    /// `512 → 510 examples, 2 retired   sha256:9f2c… → sha256:77aa…`.
    static func words(_ before: DatasetFiles?, _ after: DatasetFiles) -> String {
        func count(_ number: Int) -> String { Numbers.grouped(number) }
        var text =
            before.map { $0.count == after.count ? "" : count($0.count) + " → " } ?? ""
        text += after.count == 1 ? "1 example" : "\(count(after.count)) examples"
        if !after.retired.isEmpty { text += ", \(count(after.retired.count)) retired" }
        text += "   "
        if let before, before.digest != after.digest { text += "sha256:\(before.digest.short)… → " }
        return text + "sha256:\(after.digest.short)…\n"
    }
}

/// A file that a user names for its content, or standard input.
enum UserInput {
    /// - Throws: Status 65, said already: what is wrong with it is bad input.
    static func read(
        _ path: String, _ console: Console, command: String
    ) throws(PolicyFile.Shown) -> [UInt8] {
        do throws(StoreError) {
            return path == "-" ? try InputFile.standardInput() : try InputFile.read(path)
        } catch {
            console.error("sluice \(command): \(error.description)")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
    }
}
