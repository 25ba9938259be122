namespace W0rktree.LocalAgent.Lifecycle;

/// <summary>Names users of the machine for messages.</summary>
internal static class UserNames
{
    /// <summary>Gives the name with the number, or the number alone where this machine's own list does not have it.</summary>
    public static string Of(uint id)
    {
        try
        {
            // name:password:id:group:comment:home:shell
            foreach (var line in File.ReadLines("/etc/passwd"))
            {
                if (line.Split(':') is [var name, _, var number, ..] && number == id.ToString())
                {
                    return $"{name} (user {id})";
                }
            }
        }
        catch (IOException)
        {
            // The number says it too.
        }

        return $"user {id}";
    }
}
