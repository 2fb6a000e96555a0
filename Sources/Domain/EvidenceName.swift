/// Names of runs and of their files, as every evidence store takes them: a name is never a path.
public enum EvidenceName {
    /// Names that the store itself uses beside a run's files.
    public static let reserved: Set<String> = ["observations.jsonl", "observations.jsonl.zst", "writer.lock"]
    private static let longest = 200

    /// - Throws: `StoreError` of kind `missing` for a name that no run can have.
    public static func check(run name: String) throws(StoreError) {
        guard isPlain(name) else { throw StoreError(.missing, "'\(shown(name))' is no name of a run") }
    }

    /// - Throws: `StoreError` of kind `missing` for a name that no file of a run can have, `denied` for one that is
    ///   the store's own.
    public static func check(file name: String) throws(StoreError) {
        guard isPlain(name) else { throw StoreError(.missing, "'\(shown(name))' is no name of a run's file") }
        if reserved.contains(name) {
            throw StoreError(.denied, "'\(name)' is kept by the evidence store itself; use another name")
        }
    }

    /// One piece of a path, visible, that no shell or file system takes for something else.
    static func isPlain(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= longest, !name.hasPrefix(".") else { return false }
        return name.unicodeScalars.allSatisfy { scalar in
            scalar != "/" && scalar != "\\" && isVisible(scalar)
        }
    }

    /// What may be printed of a name that was refused: it may hold anything.
    static func shown(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars.prefix(60) {
            text.unicodeScalars.append(isVisible(scalar) ? scalar : "?")
        }
        return text
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            false
        default: true
        }
    }
}
