using W0rktree.Cli.Agent;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Server;

/// <summary>Signs in without a password in the terminal: shows a code and a page, and waits until somebody confirms the one on the other.</summary>
internal static class BrowserSignIn
{
    private const string Pending = "authorization_pending";

    /// <summary>Gives the session's token.</summary>
    public static async Task<string> RunAsync(CommandContext context, string? server, string? organisation, CancellationToken cancellationToken)
    {
        using var door = ServerDoor.OpenAsNobody(context, server);
        var begun = await door.SendAsync(
            HttpMethod.Post, "device", new DeviceBegin($"wt on {Environment.MachineName}", organisation), ServerJson.Default.DeviceBegin, ServerJson.Default.DeviceBegun, cancellationToken);

        // Beside the answer, so that --json stays one object: who waits for it must see this in any case.
        await context.Terminal.Error.WriteLineAsync($"Open {begun.VerificationUriComplete}\nand confirm it if the page shows the code {begun.UserCode}.");
        await context.Terminal.Error.FlushAsync(cancellationToken);
        var began = context.Clock.GetTimestamp();
        while (context.Clock.GetElapsedTime(began).TotalSeconds < begun.ExpiresIn)
        {
            try
            {
                return (await door.SendAsync(
                    HttpMethod.Post, "device/token", new DeviceAwait(begun.DeviceCode, begun.UserCode), ServerJson.Default.DeviceAwait, ServerJson.Default.DeviceToken, cancellationToken)).Token;
            }
            catch (AgentException e) when (e.Error.Code == Pending)
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(begun.Interval, 1, 30)), context.Clock, cancellationToken);
            }
        }

        throw AgentException.Of(ErrorCodes.TimedOut, "Nobody confirmed the code in time.", "Begin again: wt login");
    }
}
