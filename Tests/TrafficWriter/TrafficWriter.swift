import Domain
import Glibc
import HTTPServer
import Traffic

/// A process that tests start, and kill: it records traffic and says on its standard output what was acknowledged.
@main
struct TrafficWriter {
    static func main() {
        print("usage: traffic-writer")
        exit(64)
    }
}
