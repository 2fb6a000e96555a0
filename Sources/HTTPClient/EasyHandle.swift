import CCurl

/// One libcurl easy handle, used for one transfer after another. It belongs to the engine's thread.
final class EasyHandle {
    let curl: UnsafeMutableRawPointer
    private let message: UnsafeMutablePointer<CChar>
    private var list: UnsafeMutablePointer<curl_slist>?
    private var listed: [UInt8] = []
    private var listIsForBody = false
    private var bodyBytes = 0

    /// Nil where memory is out.
    init?(_ configuration: HTTPClient.Configuration) {
        guard let curl = ccurl_easy() else { return nil }
        self.curl = curl
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message[0] = 0
        ccurl_set_pointer(curl, CURLOPT_ERRORBUFFER, message)
        ccurl_set_long(curl, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(curl, CURLOPT_TCP_NODELAY, 1)
        ccurl_set_long(curl, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        ccurl_set_pointer(curl, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_pointer(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        ccurl_set_long(curl, CURLOPT_PATH_AS_IS, 1)
        // A name server that hangs must not hold up the thread when its transfer is given up.
        ccurl_set_long(curl, CURLOPT_QUICK_EXIT, 1)
        if !configuration.usesEnvironmentProxy { ccurl_set_pointer(curl, CURLOPT_PROXY, "") }
        if let file = configuration.certificateAuthorities { ccurl_set_pointer(curl, CURLOPT_CAINFO, file) }
    }

    deinit {
        ccurl_easy_free(curl)
        ccurl_list_free(list)
        message.deallocate()
    }

    /// What libcurl said of the last error.
    var lastMessage: String { String(cString: message) }

    /// Sets what differs between requests.
    func prepare(_ request: HTTPClientRequest) {
        message[0] = 0
        ccurl_set_pointer(curl, CURLOPT_URL, request.url)
        ccurl_set_long(curl, CURLOPT_FOLLOWLOCATION, request.maxRedirects > 0 ? 1 : 0)
        ccurl_set_long(curl, CURLOPT_MAXREDIRS, request.maxRedirects)
        ccurl_set_long(curl, CURLOPT_CONNECTTIMEOUT_MS, max(1, milliseconds(request.timeouts.connect)))
        setMethod(request)
        setHeaders(request.headers, hasBody: sendsBody(request))
    }

    /// Lets a large body go.
    func release() {
        guard bodyBytes > 16 * 1024 else { return }
        ccurl_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, -1)
        ccurl_set_pointer(curl, CURLOPT_COPYPOSTFIELDS, nil)
        bodyBytes = 0
    }

    private func sendsBody(_ request: HTTPClientRequest) -> Bool {
        request.body != nil || ["POST", "PUT", "PATCH"].contains(request.method)
    }

    private func setMethod(_ request: HTTPClientRequest) {
        ccurl_set_long(curl, CURLOPT_NOBODY, 0)
        ccurl_set_long(curl, CURLOPT_HTTPGET, 1)
        ccurl_set_pointer(curl, CURLOPT_CUSTOMREQUEST, nil)
        if sendsBody(request) {
            let body = request.body ?? []
            ccurl_set_long(curl, CURLOPT_POST, 1)
            bodyBytes = body.count
            ccurl_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            // Copied, also where it is empty: libcurl would read the body from a file otherwise.
            (body.isEmpty ? [0] : body).withUnsafeBytes {
                _ = ccurl_set_pointer(curl, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)
            }
            if request.method != "POST" { ccurl_set_pointer(curl, CURLOPT_CUSTOMREQUEST, request.method) }
        } else if request.method == "HEAD" {
            ccurl_set_long(curl, CURLOPT_NOBODY, 1)
        } else if request.method != "GET" {
            ccurl_set_pointer(curl, CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    // The requests of a run carry the same headers over and over: the list is made anew only when they
    // differ.
    private func setHeaders(_ headers: HTTPClientHeaders, hasBody: Bool) {
        if list == nil || listed != headers.wire || listIsForBody != hasBody {
            ccurl_list_free(list)
            list = nil
            for (name, value) in headers {
                list = ccurl_list_append(list, value.isEmpty ? "\(name);" : "\(name): \(value)")
            }
            // What libcurl would add by itself.
            if hasBody {
                if headers["Content-Type"] == nil { list = ccurl_list_append(list, "Content-Type:") }
                if headers["Expect"] == nil { list = ccurl_list_append(list, "Expect:") }
            }
            if headers["Accept"] == nil { list = ccurl_list_append(list, "Accept: */*") }
            (listed, listIsForBody) = (headers.wire, hasBody)
        }
        ccurl_set_pointer(curl, CURLOPT_HTTPHEADER, list)
    }
}

func milliseconds(_ duration: Duration) -> Int {
    let (seconds, attoseconds) = duration.components
    guard seconds < 1 << 20 else { return Int(Int32.max) }
    return max(0, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
}
