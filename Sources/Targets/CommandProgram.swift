import Glibc

/// Whether the program of a command line is there to be started, asked before anything depends on it.
public enum CommandProgram {
    /// Looks where starting it would look: a name in `PATH`, a path from `folder` on. Of interpreters that are given a
    /// script, the script must be there too.
    ///
    /// - Parameter search: The value of `PATH`.
    /// - Throws: What is missing or may not be run, with how to mend it; its key is `command`.
    public static func check(
        _ arguments: [String], folder: String, search: String, allowance: TargetAllowance? = nil
    ) throws(TargetProblem) {
        guard let name = arguments.first, !name.isEmpty else {
            throw TargetProblem(
                key: "command", cause: "the command names no program",
                mend: "write it as [\"python3\", \"score.py\"]")
        }
        let folder = folder.isEmpty ? "." : folder
        if try allowance?.program(arguments) == nil {
            if name.utf8.contains(0x2F) {
                try checkFile(name, at(name, folder), isRun: true)
            } else if !isFound(name, in: search, folder) {
                throw TargetProblem(
                    key: "command", cause: "the program '\(name)' is in no folder of PATH",
                    mend: access(at(name, folder), F_OK) == 0
                        ? "the policy's folder has a file of that name: write './\(name)'"
                        : "install it, or write its path")
            }
        }
        guard isInterpreter(name), arguments.count > 1, !arguments[1].hasPrefix("-") else { return }
        try checkFile(arguments[1], at(arguments[1], folder), isRun: false)
    }

    private static func at(_ path: String, _ folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    private static func checkFile(_ name: String, _ path: String, isRun: Bool) throws(TargetProblem) {
        let what = isRun ? "program" : "script"
        var status = stat()
        guard stat(path, &status) == 0 else {
            let cause =
                errno == ENOENT || errno == ENOTDIR
                ? "there is no \(what) '\(name)'"
                : "the \(what) '\(name)' cannot be looked at: \(String(cString: strerror(errno)))"
            throw TargetProblem(
                key: "command", cause: cause, mend: "check the path, which starts from the policy's folder")
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw TargetProblem(
                key: "command", cause: "the \(what) '\(name)' is a folder", mend: "name the file in it")
        }
        guard access(path, isRun ? X_OK : R_OK) == 0 else {
            throw TargetProblem(
                key: "command", cause: "the \(what) '\(name)' may not be \(isRun ? "run" : "read")",
                mend: isRun
                    ? "run 'chmod +x \(name)', or name its interpreter before it" : "run 'chmod +r \(name)'")
        }
    }

    private static func isFound(_ name: String, in search: String, _ folder: String) -> Bool {
        let search = search.isEmpty ? "/bin:/usr/bin" : search
        return search.split(separator: ":", omittingEmptySubsequences: false).contains { entry in
            let path = at(entry.isEmpty ? name : entry + "/" + name, folder)
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
    }

    /// Programs whose first argument, where it is no option, is a file to run.
    private static func isInterpreter(_ name: String) -> Bool {
        let base = name.split(separator: "/").last.map(String.init) ?? name
        if base.hasPrefix("python") {
            return base.dropFirst(6).allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
        }
        return ["node", "ruby", "perl", "bash", "sh", "Rscript", "php"].contains(base)
    }
}
