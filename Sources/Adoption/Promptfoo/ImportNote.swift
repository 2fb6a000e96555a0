import Domain

/// Something of a foreign configuration that did not come over as it was.
public struct ImportNote: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It has no counterpart: nothing of it is judged.
        case left
        /// It came over, and means something slightly different.
        case changed
    }

    public let kind: Kind
    public let place: SourcePlace
    public let what: String
    public let mend: String

    public init(_ kind: Kind, at place: SourcePlace, _ what: String, mend: String) {
        self.kind = kind
        self.place = place
        self.what = what
        self.mend = mend
    }
}

/// Why a foreign configuration cannot be read at all.
public struct ImportProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public let place: SourcePlace
    public let cause: String
    public let mend: String

    public init(at place: SourcePlace, _ cause: String, mend: String) {
        self.place = place
        self.cause = cause
        self.mend = mend
    }

    public var description: String {
        let line = place.line > 0 ? ":\(place.line)" : ""
        return "\(place.file)\(line): \(cause); \(mend)"
    }
}

/// The files that a configuration names; paths start from its folder.
public protocol ConfigurationFiles {
    /// - Throws: One sentence that says what is wrong with the file.
    func read(_ path: String) throws(ConfigurationFileProblem) -> [UInt8]
    /// Names in a folder, sorted; empty where there is none.
    func list(_ folder: String) -> [String]
}

public struct ConfigurationFileProblem: Error, Sendable, Hashable {
    public let words: String
    public init(_ words: String) { self.words = words }
}
