/// Where a key stands, for one that was written at the wrong level.
enum KeyPaths {
    /// The path of the only mapping that has the key, empty for the top of the file; where several do, of the only one
    /// within the mapping where it was written, else within the app; nil where that is none or several.
    static func home(of key: String, writtenIn name: String) -> String? {
        guard let homes = all[key] else { return nil }
        if homes.count == 1 { return homes.first }
        for whole in [name, "app"] where !whole.isEmpty {
            let within = homes.filter { $0 == whole || $0.hasPrefix(whole + ".") }
            if within.count == 1 { return within.first }
        }
        return nil
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
