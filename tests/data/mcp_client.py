"""A client of the Model Context Protocol, made with its official Python SDK.

usage: mcp_client.py URL MODE QUESTION

Asks the server at URL as a program of somebody else does, and prints what it received as JSON.
"""

import asyncio
import json
import sys

from mcp import Client


async def main(url, mode, question):
    async with Client(url, mode=mode) as client:
        tools = await client.list_tools()
        quotes = await client.call_tool("search_quotes", {"question": question})
        wrong = await client.call_tool("get_passage", {"passage_id": "nothing/1.1"})
        resources = await client.list_resources()
        text = await client.read_resource(resources.resources[0].uri)
        received = {
            "server": client.server_info.name,
            "instructions": client.instructions,
            "tools": [tool.name for tool in tools.tools],
            "quotes": quotes.structured_content,
            "is_error": wrong.is_error,
            "text": text.contents[0].text,
        }
    print(json.dumps(received))


asyncio.run(main(*sys.argv[1:]))
