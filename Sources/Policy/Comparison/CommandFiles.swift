import Domain

/// Files that programs of a policy may be made of: what the arguments of their commands name.
///
/// Programs that judge, or that stand for what is known to be good: metrics of the user's own, the judge, the baseline.
/// The candidate's are not among them, since they are the change itself. What such a file loads in turn is not followed.
public enum CommandFiles {
    public struct Name: Sendable, Hashable {
        /// Relative to the policy's folder, as written; there may be no such file.
        public let path: String
        /// Who runs it: `custom.tone`, `judge`, `app.baseline`.
        public let runner: String
    }

    /// In the order of runners and arguments, none twice.
    public static func of(_ policy: ReleasePolicy) -> [Name] {
        var found: [Name] = []
        var seen = Set<Name>()
        func add(_ runner: String, _ arguments: [String]) {
            for path in paths(arguments) {
                let name = Name(path: path, runner: runner)
                if seen.insert(name).inserted { found.append(name) }
            }
        }
        for custom in policy.customs {
            if case .command(let arguments) = custom.source { add("custom." + custom.name, arguments) }
        }
        if case .command(let arguments)? = policy.judge?.kind { add("judge", arguments) }
        if case .command(let arguments)? = policy.app.baseline?.kind { add("app.baseline", arguments) }
        return found
    }

    /// What arguments may name: themselves, what stands behind `=`, words of a shell's line, a module behind `-m`.
    static func paths(_ arguments: [String]) -> [String] {
        var found: [String] = []
        for (place, argument) in arguments.enumerated() {
            // A bare program is looked up in PATH, outside the tree.
            if place == 0 {
                if argument.contains("/") { found.append(argument) }
                continue
            }
            if arguments[place - 1] == "-m" {
                let module = argument.split(separator: ".").joined(separator: "/")
                found += [module + ".py", module + "/__main__.py", module + "/__init__.py"]
                continue
            }
            found += [argument, argument + "/__main__.py"]
            if let equals = argument.firstIndex(of: "=") {
                found.append(String(argument[argument.index(after: equals)...]))
            }
            let words = argument.split { $0.isWhitespace || "\"'`;&|<>()=".contains($0) }
            if words.count > 1 {
                found += words.map(String.init).filter { $0.contains { "./".contains($0) } }
            }
        }
        return found.filter { path in
            !["", ".", ".."].contains(path) && path.utf8.count < 1024 && !path.utf8.contains { $0 < 0x20 }
        }
    }
}
