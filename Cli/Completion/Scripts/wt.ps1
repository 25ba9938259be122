# PowerShell completion for wt. In $PROFILE:  wt completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName wt -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $_.Extent.Text -eq $wordToComplete } | ForEach-Object { $_.ToString() })
    $arguments = @($words | Select-Object -Skip 1)
    # An empty last word does not survive older shells' argument passing; the sign tells of it.
    if ($wordToComplete -eq '') { $arguments += '--empty-word--' }
    $answers = @(& $words[0] __complete @arguments 2>$null)
    # For files the shell goes on by itself where nothing is offered.
    if ($answers.Count -gt 1 -and $answers[0] -eq ':words') {
        $answers | Select-Object -Skip 1 | ForEach-Object {
            $value, $description = $_ -split "`t", 2
            if (-not $description) { $description = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
        }
    }
}
