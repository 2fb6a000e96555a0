import Domain
import Glibc

/// Paths as they are written and as the file system has them.
public enum Paths {
    /// The current folder.
    public static func current() -> String {
        guard let text = getcwd(nil, 0) else { return "/" }
        defer { free(text) }
        return String(cString: text)
    }

    /// Absolute, without `.`, `..` and doubled slashes; links are left as they are.
    public static func absolute(_ path: String, from folder: String = current()) -> String {
        var parts: [Substring] = []
        let whole = path.hasPrefix("/") ? path : folder + "/" + path
        for part in whole.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The folder that a path stands in.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// With every link followed; nil where there is nothing.
    public static func real(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    public static func isInside(_ path: String, _ folder: String) -> Bool {
        path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }

    /// The first part of an absolute path below a folder that is a symbolic link; nil where none is.
    static func link(in path: String, below folder: String) -> String? {
        var partial = folder
        for part in path.dropFirst(folder.count).split(separator: "/") {
            partial += "/" + part
            var status = stat()
            if lstat(partial, &status) == 0, status.st_mode & S_IFMT == S_IFLNK { return partial }
        }
        return nil
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}
