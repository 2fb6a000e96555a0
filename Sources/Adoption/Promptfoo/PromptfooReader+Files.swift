import Domain
import Interchange
import Notation

/// Files that a configuration names, and notes on what is not taken over.
extension PromptfooReader {

    func place(_ node: YAMLNode, _ file: String) -> SourcePlace {
        SourcePlace(file: file, line: node.start.line, column: node.start.column)
    }

    mutating func leave(_ place: SourcePlace, _ what: String, mend: String) {
        notes.append(ImportNote(.left, at: place, what, mend: mend))
    }

    mutating func change(_ place: SourcePlace, _ what: String, mend: String) {
        notes.append(ImportNote(.changed, at: place, what, mend: mend))
    }

    /// Reads what a place names; where that cannot be read it is listed, and all else goes on.
    mutating func attempt(_ read: (inout Self) throws(ImportProblem) -> Void) {
        do throws(ImportProblem) { try read(&self) } catch {
            leave(error.place, error.cause, mend: error.mend)
        }
    }

    func bytes(_ name: String, at place: SourcePlace) throws(ImportProblem) -> [UInt8] {
        let bytes: [UInt8]
        do throws(ConfigurationFileProblem) { bytes = try files.read(name) } catch {
            throw ImportProblem(at: place, error.words, mend: "paths start from the configuration's folder")
        }
        if let (what, mend) = SheetReader.binary(bytes) {
            throw ImportProblem(at: SourcePlace(file: name, line: 1), what, mend: mend)
        }
        return bytes
    }

    func document(_ name: String, at place: SourcePlace) throws(ImportProblem) -> YAMLNode {
        let read = YAMLNode.read(try bytes(name, at: place))
        if let problem = read.problems.first {
            throw ImportProblem(
                at: SourcePlace(file: name, line: problem.mark.line, column: problem.mark.column),
                problem.message,
                mend: problem.note ?? "write it so that it stands for itself")
        }
        guard let root = read.root else {
            throw ImportProblem(
                at: SourcePlace(file: name, line: 1), "the file is empty", mend: "check the path")
        }
        return root
    }

    /// The files that a text names: one, or those that a pattern with `*` in its last part fits.
    func expand(_ text: String, at place: SourcePlace) throws(ImportProblem) -> [String] {
        let plain = text.hasPrefix("file://") ? String(text.dropFirst("file://".count)) : text
        guard plain.contains("*"), !plain.hasPrefix("http") else { return [plain] }
        let folder = plain.lastIndex(of: "/").map { String(plain[..<$0]) } ?? "."
        let pattern = plain.split(separator: "/").last.map(String.init) ?? plain
        guard !folder.contains("*") else {
            throw ImportProblem(
                at: place, "a pattern over folders is not read: '\(ProbeReading.shown(plain))'",
                mend: "name the folders")
        }
        let names = files.list(folder).filter { Self.fits($0, pattern) }
        guard !names.isEmpty else {
            throw ImportProblem(
                at: place, "no file fits '\(ProbeReading.shown(plain))'", mend: "check the path")
        }
        return names.map { folder == "." ? $0 : folder + "/" + $0 }
    }

    static func fits(_ name: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, let last = parts.last, name.hasPrefix(first), name.hasSuffix(last),
            name.utf8.count >= first.utf8.count + last.utf8.count
        else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
