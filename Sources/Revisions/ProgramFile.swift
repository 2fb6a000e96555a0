import Domain
import Glibc

/// Which file a command really runs.
///
/// A bare name is looked up in those folders of `PATH` that are absolute and lie outside the change's own tree; a path
/// with a slash is the policy's folder's, and no link may lead it elsewhere. So neither `PATH=.` nor a file called
/// `python3` in a pull request, nor a script replaced by a link, becomes the program that was listed.
public enum ProgramFile {
    public struct Problem: Error, Sendable, Hashable {
        public let cause: String
        public let mend: String
    }

    /// - Parameters:
    ///   - folder: The absolute folder that the command runs in.
    ///   - tree: The change's working tree, absolute and real; nil: there is none.
    ///   - path: `PATH`.
    /// - Returns: The absolute path to start.
    public static func resolve(
        _ program: String, in folder: String, outside tree: String?, path: String
    ) throws(Problem) -> String {
        if program.contains("/") {
            let whole = Paths.absolute(program, from: folder)
            let base = tree.flatMap { Paths.isInside(whole, $0) ? $0 : nil } ?? ""
            if let link = Paths.link(in: whole, below: base.isEmpty ? "/" : base), !base.isEmpty {
                throw Problem(
                    cause: "the command's program \(program) leads elsewhere: \(link) is a symbolic link",
                    mend: "put the program itself there")
            }
            guard access(whole, X_OK) == 0, !Paths.isFolder(whole) else {
                throw Problem(cause: "the command's program \(whole) cannot be run", mend: "check the path")
            }
            return whole
        }
        var passedOver: [String] = []
        for entry in path.split(separator: ":", omittingEmptySubsequences: false) {
            guard entry.hasPrefix("/") else {
                passedOver.append(entry.isEmpty ? "an empty entry" : String(entry))
                continue
            }
            let candidate = Paths.absolute(String(entry)) + "/" + program
            guard access(candidate, X_OK) == 0, !Paths.isFolder(candidate),
                let real = Paths.real(candidate)
            else { continue }
            if let tree, Paths.isInside(real, tree) || Paths.isInside(Paths.absolute(String(entry)), tree) {
                passedOver.append(candidate)
                continue
            }
            return candidate
        }
        let note =
            passedOver.isEmpty
            ? "" : "; passed over as the change's own: " + passedOver.joined(separator: ", ")
        throw Problem(
            cause: "the command's program '\(program)' is in no folder of PATH\(note)",
            mend: "write its absolute path")
    }
}
