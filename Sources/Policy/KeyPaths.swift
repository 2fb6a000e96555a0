/// Where a key stands, for one that was written at the wrong level.
enum KeyPaths {
    /// The path of the only mapping that has the key, empty for the top of the file; nil where none or
    /// several do.
    static func home(of key: String) -> String? {
        guard let homes = all[key], homes.count == 1 else { return nil }
        return homes.first
    }

    private static let all: [String: [String]] = {
        var homes: [String: [String]] = [:]
        collect(.keys(PolicyKeys.root.filter { $0.availability == .available }), path: "", into: &homes)
        return homes
    }()

    private static func collect(_ form: ValueForm, path: String, into homes: inout [String: [String]]) {
        switch form {
        case .keys(let keys):
            for key in keys {
                homes[key.name, default: []].append(path)
                collect(key.form, path: path.isEmpty ? key.name : path + "." + key.name, into: &homes)
            }
        case .choice(let forms):
            for form in forms where !form.isMapping { collect(form, path: path, into: &homes) }
        default: break
        }
    }
}
