using System.Text;
using System.Text.Encodings.Web;

namespace W0rktree.Silo.Pages;

/// <summary>Writes the server's few pages.</summary>
internal static class PageWriter
{
    private const string Style = "body{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:4em auto;padding:0 1em}input{font:inherit;display:block;width:100%;box-sizing:border-box;margin:.25em 0 1em;padding:.5em}button{font:inherit;padding:.5em 1.5em}code{font-size:1.5em;letter-spacing:.1em}.bad{color:#b00}";

    /// <summary>Writes a page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="title">The title, not encoded yet.</param>
    /// <param name="body">The content, encoded.</param>
    /// <param name="formAction">Where a form of the page may lead, beside this server.</param>
    public static Task WriteAsync(HttpContext context, int status, string title, string body, string formAction = "")
    {
        var response = context.Response;
        (response.StatusCode, response.ContentType) = (status, "text/html; charset=utf-8");
        var headers = response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'sha256-{StyleHash}'; form-action 'self' {formAction}; frame-ancestors 'none'; base-uri 'none'";
        (headers.CacheControl, headers.XContentTypeOptions, headers["Referrer-Policy"]) = ("no-store", "nosniff", "no-referrer");
        var html = $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Encode(title)}</title><style>{Style}</style></head><body><h1>{Encode(title)}</h1>{body}</body></html>";
        return response.Body.WriteAsync(Encoding.UTF8.GetBytes(html), context.RequestAborted).AsTask();
    }

    /// <summary>Encodes what somebody else wrote.</summary>
    public static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string StyleHash { get; } = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Style)));
}
